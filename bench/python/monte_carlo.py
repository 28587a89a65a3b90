"""The peers of the simulation: daily rebalanced log-normal assets, wealth and deepest fall of every path. One process, one thread."""

import sys

import numpy as np

from side import serve

ASSETS, STEPS, PATHS, BATCH = 30, 252, 10_000, 1000

raw = np.fromfile(sys.argv[1]).reshape(ASSETS + 1, -1)[:ASSETS]
logs = np.diff(np.log(raw), axis=1)
mean, root = logs.mean(1), np.linalg.cholesky(np.cov(logs))
weights = 2 * np.arange(1, ASSETS + 1) / (ASSETS * (ASSETS + 1))


def summary(wealth, fall):
    tail = np.sort(wealth)[: int((len(wealth) - 1) * 0.05) + 1]
    return {"mean": float(wealth.mean(dtype=float)), "cvar": float(1 - tail.mean(dtype=float)), "fall": float(fall.mean(dtype=float))}


def vectorised(kind, rng):
    """numpy, in batches that stay in the cache; matrix products do the correlation and the weighting."""
    mu, lower, w = mean.astype(kind), root.T.astype(kind), weights.astype(kind)
    z, x = np.empty((BATCH, ASSETS), kind), np.empty((BATCH, ASSETS), kind)
    wealths, falls = [], []
    for _ in range(PATHS // BATCH):
        wealth, peak, fall = np.ones(BATCH, kind), np.ones(BATCH, kind), np.zeros(BATCH, kind)
        for _ in range(STEPS):
            rng.standard_normal(dtype=kind, out=z)
            np.matmul(z, lower, out=x)
            x += mu
            np.exp(x, out=x)
            wealth *= x @ w
            np.maximum(peak, wealth, out=peak)
            np.maximum(fall, 1 - wealth / peak, out=fall)
        wealths.append(wealth)
        falls.append(fall)
    return summary(np.concatenate(wealths), np.concatenate(falls))


def compiled():
    """numba, the same in single precision: 64 paths at a time, so that the compiler can use vectors."""
    from numba import njit

    width = 64

    @njit(fastmath=True)
    def run(rng, mu, lower, w, wealths, falls):
        z, x = np.empty((ASSETS, width), np.float32), np.empty(width, np.float32)
        moved = np.empty(width, np.float32)
        for start in range(0, PATHS, width):
            wealth, peak = np.ones(width, np.float32), np.ones(width, np.float32)
            fall = np.zeros(width, np.float32)
            for _ in range(STEPS):
                for i in range(ASSETS):
                    for k in range(width):
                        z[i, k] = rng.standard_normal(dtype=np.float32)
                moved[:] = np.float32(0)
                for i in range(ASSETS):
                    x[:] = mu[i]
                    for j in range(i + 1):
                        for k in range(width):
                            x[k] += lower[i, j] * z[j, k]
                    for k in range(width):
                        moved[k] += w[i] * np.exp(x[k])
                for k in range(width):
                    wealth[k] *= moved[k]
                    peak[k] = max(peak[k], wealth[k])
                    fall[k] = max(fall[k], np.float32(1) - wealth[k] / peak[k])
            for k in range(min(width, PATHS - start)):
                wealths[start + k], falls[start + k] = wealth[k], fall[k]

    single = [array.astype(np.float32) for array in (mean, root, weights)]
    wealths, falls = np.empty(PATHS, np.float32), np.empty(PATHS, np.float32)
    rng = np.random.Generator(np.random.SFC64(3))

    def task(_):
        run(rng, *single, wealths, falls)
        return summary(wealths, falls)

    return task


double, single = np.random.default_rng(1), np.random.Generator(np.random.SFC64(2))
tasks = {
    "float64": lambda _: vectorised(np.float64, double),
    "float32": lambda _: vectorised(np.float32, single),
}
if "numba" in sys.argv[2:]:
    tasks["numba32"] = compiled()
serve(tasks)
