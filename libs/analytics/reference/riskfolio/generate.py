"""Reference values for libs/analytics/src/optimization: Riskfolio-Lib over the bundled prices, a second library beside those of ../optimization.

Minimum variance, minimum CVaR, maximum Sharpe ratio, risk parity and a risk budget, and hierarchical risk parity, long only; Clarabel at 1e-13.

    python3 -m venv /tmp/reference && /tmp/reference/bin/pip install -r requirements.txt
    /tmp/reference/bin/python generate.py        # writes values.json
"""
import importlib.metadata as metadata
import json
import pathlib
import sys

import numpy as np
import pandas as pd
import riskfolio as rp

HERE = pathlib.Path(__file__).resolve().parent
PRICES = HERE.parents[3] / "data" / "prices"
CATALOGUE = {row["symbol"]: row for row in json.loads((PRICES / "symbols.json").read_text())["symbols"]}
SYMBOLS = "AAPL BAC GE JNJ KO MSFT PG UNH WMT XOM".split()
FROM, TO = "2013-01-02", "2017-12-29"
BUDGET = {"AAPL": 0.3, "KO": 0.2}
TIGHT = {"CLARABEL": {"tol_gap_abs": 1e-13, "tol_gap_rel": 1e-13, "tol_feas": 1e-13, "max_iter": 500}}


def closes(symbol):
    row = CATALOGUE[symbol]
    count, columns, raw = row["rows"], row["columns"], (PRICES / row["file"]).read_bytes()
    days = np.frombuffer(raw, "<i4", count, offset=8 * count * len(columns)).astype("datetime64[D]")
    return pd.Series(np.frombuffer(raw, "<f8", count, offset=8 * count * columns.index("adjClose")), pd.DatetimeIndex(days))


def main():
    prices = pd.DataFrame({symbol: closes(symbol) for symbol in SYMBOLS}).dropna()[FROM:TO]
    returns = prices.pct_change().dropna()
    portfolio = rp.Portfolio(returns=returns, alpha=0.05)
    portfolio.assets_stats(method_mu="hist", method_cov="hist")
    portfolio.solvers, portfolio.sol_params = ["CLARABEL"], TIGHT
    covariance, mean = returns.cov().to_numpy(), returns.mean().to_numpy()

    def chosen(frame):
        weights = frame["weights"].reindex(SYMBOLS).to_numpy()
        return {
            "weights": dict(zip(SYMBOLS, weights)),
            "variance": float(weights @ covariance @ weights),
            "sharpe": float(weights @ mean / np.sqrt(weights @ covariance @ weights)),
            "cvar": float(rp.CVaR_Hist(returns.to_numpy() @ weights, alpha=0.05)),
        }

    rest = (1 - sum(BUDGET.values())) / (len(SYMBOLS) - len(BUDGET))
    budget = np.array([[BUDGET.get(symbol, rest)] for symbol in SYMBOLS])
    tree = rp.HCPortfolio(returns=returns)
    values = {
        "versions": {"python": sys.version.split()[0], **{name: metadata.version(name) for name in ("riskfolio-lib", "clarabel", "cvxpy", "numpy", "pandas", "scipy")}},
        "period": {"from": FROM, "to": TO, "symbols": SYMBOLS, "returns": len(returns)},
        "riskBudget": BUDGET,
        "portfolios": {
            "minVariance": chosen(portfolio.optimization(model="Classic", rm="MV", obj="MinRisk", rf=0, hist=True)),
            "minCvar": chosen(portfolio.optimization(model="Classic", rm="CVaR", obj="MinRisk", rf=0, hist=True)),
            "maxSharpe": chosen(portfolio.optimization(model="Classic", rm="MV", obj="Sharpe", rf=0, hist=True)),
            "riskParity": chosen(portfolio.rp_optimization(model="Classic", rm="MV", rf=0, b=None, hist=True)),
            "riskBudget": chosen(portfolio.rp_optimization(model="Classic", rm="MV", rf=0, b=budget, hist=True)),
            "hrp": chosen(
                tree.optimization(model="HRP", codependence="pearson", rm="MV", rf=0, linkage="single", leaf_order=False)
            ),
        },
    }
    (HERE / "values.json").write_text(json.dumps(values, indent=1, default=float) + "\n")


main()
