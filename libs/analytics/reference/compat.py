"""Figures of quantstats, empyrical, skfolio and PyPortfolioOpt over the bundled prices, by running the libraries themselves.

    python3 -m venv /tmp/reference && /tmp/reference/bin/pip install -r requirements-compat.txt
    /tmp/reference/bin/python compat.py        # writes compat-values.json
"""
import importlib.metadata
import json
import pathlib
import warnings

import empyrical
import numpy as np
import pandas as pd
import quantstats.stats as qs
from pypfopt import EfficientSemivariance, expected_returns, risk_models
from pypfopt.base_optimizer import portfolio_performance
from skfolio import Portfolio
from skfolio.measures import skew, kurtosis

warnings.simplefilter("ignore")
HERE = pathlib.Path(__file__).resolve().parent
PRICES = HERE.parents[2] / "data" / "prices"
CATALOGUE = {row["symbol"]: row for row in json.loads((PRICES / "symbols.json").read_text())["symbols"]}
PERIODS = 252


def adjusted(symbol):
    row = CATALOGUE[symbol]
    count, columns = row["rows"], row["columns"]
    raw = (PRICES / row["file"]).read_bytes()
    days = np.frombuffer(raw, "<i4", count, offset=8 * count * len(columns))
    values = np.frombuffer(raw, "<f8", count, offset=8 * count * columns.index("adjClose"))
    return pd.Series(values, index=pd.to_datetime(days, unit="D"), name=symbol)


def of_quantstats(own, market, rate):
    return {
        "performance": {
            "totalReturn": qs.comp(own),
            "cagr": qs.cagr(own, rf=rate),
            "annualVolatility": qs.volatility(own),
            "sharpe": qs.sharpe(own, rf=rate),
            "sortino": qs.sortino(own, rf=rate),
            "calmar": qs.calmar(own),
            "omega": qs.omega(own, rf=rate),
            "ulcer": qs.ulcer_index(own),
            "tailRatio": qs.tail_ratio(own),
            "probabilisticSharpe": qs.probabilistic_sharpe_ratio(own, rf=rate),
            "maxDrawdown": {"value": -qs.max_drawdown(own)},
            "skewness": qs.skew(own),
            "kurtosis": qs.kurtosis(own),
            "bestDay": {"return": qs.best(own)},
            "worstDay": {"return": qs.worst(own)},
        },
        "risk": {
            "var": {"parametric": {c: -qs.value_at_risk(own, confidence=float(c)) for c in ("0.95", "0.99")}},
            "cvar": {
                "parametric": {c: -qs.cvar(own, confidence=float(c)) for c in ("0.95", "0.99")},
                "historical": {c: -qs.cvar(own, confidence=float(c), method="historical") for c in ("0.95", "0.99")},
            },
            "beta": qs.greeks(own, market)["beta"],
            "alpha": qs.greeks(own, market)["alpha"],
            "rSquared": qs.r_squared(own, market),
            "informationRatio": qs.information_ratio(own, market),
        },
    }


def of_empyrical(own, market, rate):
    period = (1 + rate) ** (1 / PERIODS) - 1
    return {
        "performance": {
            "totalReturn": empyrical.cum_returns_final(own),
            "cagr": empyrical.annual_return(own),
            "annualVolatility": empyrical.annual_volatility(own),
            "sharpe": empyrical.sharpe_ratio(own, risk_free=period),
            "sortino": empyrical.sortino_ratio(own, required_return=period),
            "calmar": empyrical.calmar_ratio(own),
            "omega": empyrical.omega_ratio(own, risk_free=period),
            "tailRatio": empyrical.tail_ratio(own),
            "maxDrawdown": {"value": -empyrical.max_drawdown(own)},
        },
        "risk": {
            "var": {"historical": {"0.95": -empyrical.value_at_risk(own, 0.05), "0.99": -empyrical.value_at_risk(own, 0.01)}},
            "cvar": {
                "historical": {
                    "0.95": -empyrical.conditional_value_at_risk(own, 0.05),
                    "0.99": -empyrical.conditional_value_at_risk(own, 0.01),
                }
            },
            "beta": empyrical.beta(own, market, risk_free=period),
            "alpha": empyrical.alpha(own, market, risk_free=period),
            "informationRatio": empyrical.excess_sharpe(own, market),
            "upCapture": empyrical.up_capture(own, market),
            "downCapture": empyrical.down_capture(own, market),
        },
    }


def of_skfolio(own, market, rate):
    portfolio = lambda beta: Portfolio(
        X=pd.DataFrame({"own": own}),
        weights=[1.0],
        risk_free_rate=(1 + rate) ** (1 / PERIODS) - 1,
        annualization_factor=PERIODS,
        value_at_risk_beta=beta,
        cvar_beta=beta,
    )
    at95, at99 = portfolio(0.95), portfolio(0.99)
    return {
        "performance": {
            "arithmeticReturn": at95.annualized_mean,
            "annualVolatility": at95.annualized_standard_deviation,
            "sharpe": at95.annualized_sharpe_ratio,
            "sortino": at95.annualized_sortino_ratio,
            "calmar": at95.calmar_ratio,
            "omega": at95.first_lower_partial_moment_ratio,
            "ulcer": at95.ulcer_index,
            "maxDrawdown": {"value": at95.max_drawdown},
            "skewness": skew(own.to_numpy()),
            "kurtosis": kurtosis(own.to_numpy()),
        },
        "risk": {
            "var": {"historical": {"0.95": at95.value_at_risk, "0.99": at99.value_at_risk}},
            "cvar": {"historical": {"0.95": at95.cvar, "0.99": at99.cvar}},
        },
    }


def of_pypfopt(returns, weights, rate):
    """The portfolio of these columns; one column is an asset."""
    mu = expected_returns.mean_historical_return(returns, returns_data=True)
    sigma = risk_models.sample_cov(returns, returns_data=True)
    expected, volatility, sharpe = portfolio_performance(weights, mu, sigma, risk_free_rate=rate)
    semivariance = EfficientSemivariance(mu, returns)
    semivariance.weights = np.asarray(weights)
    _, _, sortino = semivariance.portfolio_performance(risk_free_rate=rate)
    return {"performance": {"cagr": expected, "annualVolatility": volatility, "sharpe": sharpe, "sortino": sortino}}


def case(compat, holdings, benchmark, start, end, rate, missing=None):
    """`missing`: every so many-th day of the benchmark is taken away, so that days are joined over the gap."""
    symbols = [each["symbol"] for each in holdings]
    weights = np.array([each["weight"] for each in holdings])
    market = adjusted(benchmark).loc[start:end]
    gone = [] if missing is None else market.index[missing - 1 :: missing]
    table = pd.concat([*(adjusted(symbol) for symbol in symbols), market.drop(gone)], axis=1, join="inner").loc[start:end]
    returns = table.pct_change().iloc[1:]
    own, market = returns[symbols], returns[benchmark]
    if compat == "pyportfolioopt":
        of_portfolio = of_pypfopt(own, weights, rate)
        of_asset = lambda symbol: of_pypfopt(own[[symbol]], [1.0], rate)
    else:
        figures = {"quantstats": of_quantstats, "empyrical": of_empyrical, "skfolio": of_skfolio}[compat]
        of_portfolio = figures((own @ weights).rename("portfolio"), market, rate)
        of_asset = lambda symbol: figures(own[symbol], market, rate)
    return {
        "name": f"{compat}, {len(symbols)} stocks, {start} to {end}, rf {rate}" + (", benchmark with gaps" if missing else ""),
        "benchmarkWithout": [day.strftime("%Y-%m-%d") for day in gone],
        "request": {"holdings": holdings, "benchmark": benchmark, "from": start, "to": end, "riskFreeRate": rate, "compat": compat},
        "result": {"portfolio": of_portfolio, "assets": [{"symbol": symbol, **of_asset(symbol)} for symbol in symbols]},
    }


def main():
    five = [{"symbol": s, "weight": w} for s, w in (("AAPL", 0.3), ("XOM", 0.25), ("PG", 0.2), ("JPM", 0.15), ("GE", 0.1))]
    two = [{"symbol": "MSFT", "weight": 0.6}, {"symbol": "WMT", "weight": 0.4}]
    cases = []
    for compat in ("quantstats", "empyrical", "skfolio", "pyportfolioopt"):
        cases.append(case(compat, five, "^GSPC", "2013-01-02", "2022-12-28", 0.02))
        cases.append(case(compat, two, "^GSPC", "2020-01-02", "2020-10-30", 0.0))
        cases.append(case(compat, five, "^GSPC", "2020-02-14", "2020-03-16", 0.02))
        cases.append(case(compat, two, "^GSPC", "2016-02-01", "2016-03-10", 0.01))
        cases.append(case(compat, two, "^GSPC", "2019-12-31", "2020-12-31", 0.03))
        cases.append(case(compat, five, "^GSPC", "2015-06-01", "2016-12-30", 0.02, missing=9))
    names = ["quantstats", "empyrical-reloaded", "skfolio", "pyportfolioopt", "numpy", "pandas"]
    versions = {name: importlib.metadata.version(name) for name in names}
    text = json.dumps({"versions": versions, "cases": cases}, indent=1, default=float, allow_nan=False)
    (HERE / "compat-values.json").write_text(text + "\n")


main()
