"""Reference values for libs/analytics/src/monte-carlo: numpy and scipy, double precision, random numbers of their own (PCG64).

Independent of the TypeScript and of the kernel: written from the definitions in the README. Prices are the bundled ones.

    python3 -m venv /tmp/reference && /tmp/reference/bin/pip install -r ../requirements.txt
    /tmp/reference/bin/python simulate.py        # writes values.json, in a few minutes
"""
import json
import pathlib
import struct
import sys

import numpy as np
import scipy
from scipy import optimize, stats

HERE = pathlib.Path(__file__).resolve().parent
PRICES = HERE.parents[3] / "data" / "prices"
CATALOGUE = {row["symbol"]: row for row in json.loads((PRICES / "symbols.json").read_text())["symbols"]}
STOCKS = "AAPL AMD BAC BBY CVX GE HD JNJ JPM KO LLY MRK MSFT PEP PFE PG RRC UNH WMT XOM".split()
FROM, TO = "2008-01-02", "2017-12-29"
STEPS, PATHS, BATCHES, BLOCK = 252, 200_000, 40, 21
QUANTILES = {"p5": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}


def adjusted_closes(symbol):
    row = CATALOGUE[symbol]
    count, columns, raw = row["rows"], row["columns"], (PRICES / row["file"]).read_bytes()
    days = np.frombuffer(raw, "<i4", count, offset=8 * count * len(columns)).astype("datetime64[D]")
    closes = np.frombuffer(raw, "<f8", count, offset=8 * count * columns.index("adjClose"))
    return dict(zip(days.tolist(), closes))


def simple_returns():
    tables = [adjusted_closes(symbol) for symbol in STOCKS]
    dates = [day for day in sorted(set.intersection(*map(set, tables))) if FROM <= day.isoformat() <= TO]
    prices = np.array([[table[day] for table in tables] for day in dates])
    return prices[1:] / prices[:-1] - 1


def freedom(series):
    """Most likely whole degrees of freedom, 3 to 30, of a multivariate t with the sample's mean and covariance."""
    n, covariance = series.shape[1], np.atleast_2d(np.cov(series, rowvar=False))
    likelihood = {
        nu: stats.multivariate_t(series.mean(0), covariance * (nu - 2) / nu, df=nu).logpdf(series).sum()
        for nu in range(3, 31)
    }
    return max(likelihood, key=likelihood.get)


def garch(returns):
    """alpha and beta of GARCH(1,1) with variance targeting, by scipy's Nelder-Mead from several starts."""
    e2, variance = (returns - returns.mean()) ** 2, returns.var()

    def path(alpha, beta):
        h = np.empty(len(e2) + 1)
        h[0] = variance
        for t in range(len(e2)):
            h[t + 1] = (1 - alpha - beta) * variance + alpha * e2[t] + beta * h[t]
        return h

    def loss(x):
        if min(x) < 0 or sum(x) > 0.999:
            return 1e10
        h = path(*x)[:-1]
        return np.sum(np.log(h) + e2 / h)

    fits = [
        optimize.minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-9})
        for start in ([0.05, 0.9], [0.1, 0.8])
    ]
    alpha, beta = min(fits, key=lambda fit: fit.fun).x
    h = path(alpha, beta)
    residuals = (returns - returns.mean()) / np.sqrt(h[:-1])
    residuals = (residuals - residuals.mean()) / residuals.std()
    return dict(mean=returns.mean(), omega=(1 - alpha - beta) * variance, alpha=alpha, beta=beta, h=h[-1], e=residuals)


FITTED = {}


def once(fit, series):
    """A fit is the same for every batch of paths: the series are those of the portfolio or of all assets."""
    key = (fit, series.shape)
    return FITTED[key] if key in FITTED else FITTED.setdefault(key, fit(series))


def garches(series):
    return [garch(column) for column in series.T]


def shocks(model, series, rng, paths):
    """Yields the simple returns of every step: paths x assets."""
    if model == "gbm":
        logs = np.log1p(series)
        mean, root = logs.mean(0), np.linalg.cholesky(np.atleast_2d(np.cov(logs, rowvar=False)))
        for _ in range(STEPS):
            yield np.expm1(mean + rng.standard_normal((paths, series.shape[1])) @ root.T)
    elif model == "studentT":
        nu, mean = once(freedom, series), series.mean(0)
        root = np.linalg.cholesky(np.atleast_2d(np.cov(series, rowvar=False)))
        for _ in range(STEPS):
            scale = np.sqrt((nu - 2) / rng.chisquare(nu, paths))[:, None]
            yield np.maximum(-1, mean + scale * (rng.standard_normal((paths, series.shape[1])) @ root.T))
    elif model == "bootstrap":
        for step in range(STEPS):
            day = rng.integers(len(series), size=paths) if step % BLOCK == 0 else (day + 1) % len(series)
            yield series[day]
    else:
        fits = once(garches, series)
        row = {key: np.array([fit[key] for fit in fits]) for key in ("mean", "omega", "alpha", "beta", "h")}
        e, h = np.column_stack([fit["e"] for fit in fits]), np.tile(row["h"], (paths, 1))
        for _ in range(STEPS):
            surprise = np.sqrt(h) * e[rng.integers(len(e), size=paths)]
            yield np.maximum(-1, row["mean"] + surprise)
            h = row["omega"] + row["alpha"] * surprise**2 + row["beta"] * h


def paths_of(model, held, series, rng, paths):
    weights = np.full(series.shape[1], 1 / series.shape[1])
    if not held and model != "gbm":
        series, weights = (series @ weights)[:, None], np.ones(1)
    values, wealth = np.tile(weights, (paths, 1)), np.ones(paths)
    peak, fall = np.ones(paths), np.zeros(paths)
    for moved in shocks(model, series, rng, paths):
        if held:
            values *= 1 + moved
            wealth = values.sum(1)
        else:
            wealth = wealth * (1 + moved @ weights)
        peak = np.maximum(peak, wealth)
        fall = np.maximum(fall, 1 - wealth / peak)
    return wealth, fall


def figures(wealth, fall):
    ordered = np.sort(wealth)
    beyond = lambda tail: 1 - ordered[: int((len(ordered) - 1) * tail + 1e-9) + 1].mean()
    quantiles = lambda name, values: {f"{name}.{key}": np.quantile(values, q) for key, q in QUANTILES.items()}
    return {
        "terminal.mean": wealth.mean(),
        **quantiles("terminal", wealth),
        "probabilityOfLoss": (wealth < 1).mean(),
        "probabilityOfTarget": (wealth >= 1.2).mean(),
        "var.0.95": 1 - np.quantile(wealth, 0.05),
        "var.0.99": 1 - np.quantile(wealth, 0.01),
        "cvar.0.95": beyond(0.05),
        "cvar.0.99": beyond(0.01),
        "maxDrawdown.mean": fall.mean(),
        **quantiles("maxDrawdown", fall),
    }


def simulated(model, held, series):
    runs = []
    for batch in range(BATCHES):
        rng = np.random.default_rng([2024, batch])
        runs.append(paths_of(model, held, series, rng, PATHS // BATCHES))
    wealth, fall = np.concatenate([w for w, _ in runs]), np.concatenate([f for _, f in runs])
    each = [figures(w, f) for w, f in runs]
    error = {key: np.std([run[key] for run in each], ddof=1) / np.sqrt(BATCHES) for key in each[0]}
    return {"figures": figures(wealth, fall), "standardErrors": error}


def kernel_normals(seed, block, pairs):
    """The kernel's numbers in numpy's single precision: SplitMix64 to seed, xoshiro128+ in four lanes, Box-Muller."""
    mask64, f = (1 << 64) - 1, np.float32

    def mixed(z):
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & mask64
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB & mask64
        return z ^ (z >> 31)

    counter, words = mixed(seed << 32 | block), []
    for _ in range(8):
        counter = counter + 0x9E3779B97F4A7C15 & mask64
        words += struct.unpack("<2I", struct.pack("<Q", mixed(counter)))
    s = np.array(words, np.uint32).reshape(4, 4)

    def draw():
        bits, t = s[0] + s[3], s[1] << np.uint32(9)
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = s[3] << np.uint32(11) | s[3] >> np.uint32(21)
        return bits

    out = []
    for _ in range(pairs):
        u = ((draw() >> np.uint32(1)).astype(f) + f(0.5)).astype(np.float64) / 2**31
        turn = draw()
        angle = np.pi / 2 * (turn << np.uint32(2)).view(np.int32) / 2**32
        sine, cosine = np.sin(angle), np.cos(angle) * np.where(turn >> np.uint32(30) & np.uint32(1), -1, 1)
        swap, radius = turn >> np.uint32(31) == 1, np.sqrt(-2 * np.log(u))
        out += [*(radius * np.where(swap, sine, cosine)), *(radius * np.where(swap, cosine, sine))]
    return out


def main():
    series = simple_returns()
    portfolio = series.mean(1)
    fit = lambda returns: {key: value for key, value in garch(returns).items() if key in ("alpha", "beta", "h")}
    values = {
        "versions": {"python": sys.version.split()[0], "numpy": np.__version__, "scipy": scipy.__version__},
        "period": {"from": FROM, "to": TO, "symbols": STOCKS, "returns": len(series)},
        "simulation": {"paths": PATHS, "steps": STEPS, "target": 1.2},
        "freedom": {"portfolio": freedom(portfolio[:, None]), "assets": freedom(series)},
        "garch": {"portfolio": fit(portfolio), "AAPL": fit(series[:, 0]), "XOM": fit(series[:, -1])},
        "kernelNormals": {"seed": 42, "block": 7, "values": kernel_normals(42, 7, 16)},
        "runs": [
            {"model": model, "sharesHeld": held, **simulated(model, held, series)}
            for model in ("gbm", "studentT", "bootstrap", "filteredHistorical")
            for held in (False, True)
        ],
    }
    (HERE / "values.json").write_text(json.dumps(values, indent=1, default=float) + "\n")


main()
