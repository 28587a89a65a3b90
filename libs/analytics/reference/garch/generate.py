"""Reference values for libs/analytics/src/monte-carlo/models/garch.ts: the package arch, over the bundled prices.

The likelihood, the variances and the forecast are arch's own; the top under variance targeting, which arch does not have, is searched by scipy
over arch's likelihood. `free` is arch's own fit without targeting, to see what targeting costs.

    python3 -m venv /tmp/reference && /tmp/reference/bin/pip install -r requirements.txt
    /tmp/reference/bin/python generate.py        # writes values.json
"""
import json
import pathlib
import sys

import arch
import numpy as np
import scipy
from arch.univariate import GARCH, ZeroMean
from scipy import optimize

HERE = pathlib.Path(__file__).resolve().parent
PRICES = HERE.parents[3] / "data" / "prices"
CATALOGUE = {row["symbol"]: row for row in json.loads((PRICES / "symbols.json").read_text())["symbols"]}
SYMBOLS = "AAPL AMD GE KO JPM XOM ^GSPC".split()
FROM, TO = "2008-01-02", "2017-12-29"
MOST_PERSISTENCE = 0.999


class FromSampleVariance(GARCH):
    """The variance before the first observation is the sample's; arch's own choice is a weighted mean of the first surprises."""

    def backcast(self, resids):
        return float(np.mean(resids**2))


def returns_of(symbol):
    row = CATALOGUE[symbol]
    count, columns, raw = row["rows"], row["columns"], (PRICES / row["file"]).read_bytes()
    days = np.frombuffer(raw, "<i4", count, offset=8 * count * len(columns)).astype("datetime64[D]")
    closes = np.frombuffer(raw, "<f8", count, offset=8 * count * columns.index("adjClose"))
    inside = (days >= np.datetime64(FROM)) & (days <= np.datetime64(TO))
    prices = closes[inside]
    return prices[1:] / prices[:-1] - 1


def fitted(symbol):
    returns = returns_of(symbol)
    surprises = 100 * (returns - returns.mean())  # arch asks for percents
    variance = np.mean(surprises**2)
    model = ZeroMean(surprises, volatility=FromSampleVariance(1, 0, 1))
    at = lambda alpha, beta: model.fix([(1 - alpha - beta) * variance, alpha, beta])

    def loss(x):
        if min(x) < 0 or sum(x) > MOST_PERSISTENCE:
            return 1e10
        return -at(*x).loglikelihood

    options = {"xatol": 1e-10, "fatol": 1e-13, "maxiter": 2000, "maxfev": 2000}
    fits = [optimize.minimize(loss, start, method="Nelder-Mead", options=options) for start in ([0.05, 0.9], [0.1, 0.8])]
    alpha, beta = map(float, min(fits, key=lambda fit: fit.fun).x)
    top = at(alpha, beta)
    free = model.fit(disp="off", tol=1e-12, options={"maxiter": 1000})
    residuals = top.resid / top.conditional_volatility
    residuals = (residuals - residuals.mean()) / residuals.std()
    return {
        "returns": len(returns),
        "alpha": alpha,
        "beta": beta,
        "logLikelihood": top.loglikelihood,
        "nextVariance": float(top.forecast(horizon=1).variance.values[-1, 0]) / 1e4,
        "residuals": {"first": residuals[:5].tolist(), "last": residuals[-5:].tolist()},
        "free": {
            "logLikelihood": free.loglikelihood,
            "nextVariance": float(free.forecast(horizon=1).variance.values[-1, 0]) / 1e4,
        },
    }


def main():
    versions = {"python": sys.version.split()[0], "arch": arch.__version__, "numpy": np.__version__, "scipy": scipy.__version__}
    values = {"versions": versions, "period": {"from": FROM, "to": TO}, "fits": {each: fitted(each) for each in SYMBOLS}}
    (HERE / "values.json").write_text(json.dumps(values, indent=1) + "\n")


main()
