"""The risk report in pandas: every figure of `performance` and `risk` of 30 assets and their portfolio, vectorised over the columns.

Reads a file of prices (float64, asset after asset, the benchmark last) and one of dates and weights; what is measured begins with the frame of prices.
"""

import json
import math
import sys

import numpy as np
import pandas as pd
from scipy.special import xlogy
from scipy.stats import chi2
from statistics import NormalDist

from side import serve

facts = json.load(open(sys.argv[2]))
symbols, benchmark = facts["symbols"], facts["benchmark"]
weights = np.array(facts["weights"])
rate = (1 + facts["riskFreeRate"]) ** (1 / 252) - 1
raw = np.fromfile(sys.argv[1]).reshape(len(symbols) + 1, -1)
index = pd.to_datetime(facts["dates"])
prices = pd.DataFrame({name: row for name, row in zip([*symbols, benchmark], raw)}, index=index)
year = 252
window = 63


def drawdown_list(wealth, most=10):
    falls = 1 - wealth / wealth.cummax()
    below = falls > 1e-12
    spell = (below & ~below.shift(fill_value=False)).cumsum()[below]
    groups = falls[below].groupby(spell)
    trough, depth = groups.idxmax(), groups.max()
    return pd.DataFrame({"trough": trough, "depth": depth}).nlargest(most, "depth")


def backtests(table, year=252):
    """Kupiec's and Christoffersen's likelihood ratios of the VaR of the year before each day, all columns at once."""
    forecast = table.rolling(year).quantile(0.05).shift(1)
    hits = (table < forecast).iloc[year:].to_numpy()
    before, after = hits[:-1], hits[1:]
    n11, n01 = (before & after).sum(axis=0), (~before & after).sum(axis=0)
    n10, n00 = (before & ~after).sum(axis=0), (~before & ~after).sum(axis=0)
    x, n = hits.sum(axis=0), len(hits)
    pof = 2 * (xlogy(x, x / n / 0.05) + xlogy(n - x, (1 - x / n) / 0.95))
    share, p0, p1 = (n01 + n11) / (n - 1), n01 / (n00 + n01), n11 / (n10 + n11)
    independence = 2 * (
        xlogy(n00, (1 - p0) / (1 - share)) + xlogy(n01, p0 / share) + xlogy(n10, (1 - p1) / (1 - share)) + xlogy(n11, p1 / share)
    )
    tests = {}
    for name, statistic in (("kupiec", pof), ("christoffersen", independence)):
        tests[f"varTests.{name}.statistic"] = statistic
        tests[f"varTests.{name}.pValue"] = chi2.sf(np.maximum(statistic, 0), 1)
    return pd.DataFrame(tests, index=table.columns)


def by_holding(own, portfolio):
    """Component, marginal and incremental VaR at 95 %, parametric."""
    z = NormalDist().inv_cdf(0.05)
    loss = lambda series: -(series.mean() + z * series.std())
    contributions = own * weights
    joint = contributions.sub(contributions.mean()).mul(portfolio - portfolio.mean(), axis=0).sum() / (len(own) - 1)
    component = -(contributions.mean() + z * joint / portfolio.std())
    return component, component / weights, loss(portfolio) - loss(contributions.rsub(portfolio, axis=0))


def report(frame, tested=True):
    returns = frame.pct_change().iloc[1:]
    market = returns[benchmark]
    own = returns[symbols]
    portfolio = own @ weights
    table = own.assign(portfolio=portfolio)
    n = len(table)
    excess = table - rate
    mean, std = table.mean(), table.std()
    grown = (1 + table).cumprod()
    total = grown.iloc[-1] - 1
    cagr = (1 + total) ** (year / n) - 1
    wealth = pd.concat([pd.DataFrame(1.0, index=frame.index[:1], columns=table.columns), grown])
    falls = 1 - wealth / wealth.cummax()
    deepest = falls.max()
    ordered = np.sort(table.to_numpy(), axis=0)
    quantiles = table.quantile([0.01, 0.05, 0.95])
    sharpe = (mean - rate) / std
    downside = np.sqrt((excess.clip(upper=0) ** 2).mean())
    gains, losses = excess.clip(lower=0).sum(), -excess.clip(upper=0).sum()
    skew, kurt = table.skew(), table.kurt()
    biased_skew = skew * (n - 2) / math.sqrt(n * (n - 1))
    biased_kurt = (kurt * (n - 2) * (n - 3) / (n - 1) - 6) / (n + 1)
    spread = 1 - biased_skew * sharpe + (biased_kurt + 2) / 4 * sharpe**2
    normal = NormalDist()
    probability = (sharpe * math.sqrt(n - 1) / np.sqrt(spread)).map(normal.cdf)
    covariance = own.cov()
    with_market = table.sub(mean).mul(market - market.mean(), axis=0).sum() / (n - 1)
    variance = market.var()
    beta = with_market / variance
    active = table.sub(market, axis=0)
    tracking = active.std()
    up, down = market > 0, market < 0
    capture = lambda days: ((1 + table[days]).prod() ** (1 / days.sum()) - 1) / ((1 + market[days]).prod() ** (1 / days.sum()) - 1)
    tails = {}
    for name, tail in (("0.95", 0.05), ("0.99", 0.01)):
        z = normal.inv_cdf(tail)
        corrected = z + (z**2 - 1) * biased_skew / 6 + (z**3 - 3 * z) * biased_kurt / 24 - (2 * z**3 - 5 * z) * biased_skew**2 / 36
        worst = math.floor((n - 1) * tail + 1e-9) + 1
        tails[f"var.historical.{name}"] = -quantiles.loc[tail]
        tails[f"var.parametric.{name}"] = -(mean + z * std)
        tails[f"var.cornishFisher.{name}"] = -(mean + corrected * std)
        tails[f"cvar.historical.{name}"] = pd.Series(-ordered[:worst].mean(axis=0), table.columns)
        tails[f"cvar.parametric.{name}"] = -mean + std * normal.pdf(z) / tail
    figures = pd.DataFrame(
        {
            "totalReturn": total,
            "cagr": cagr,
            "arithmeticReturn": mean * year,
            "annualVolatility": std * math.sqrt(year),
            "sharpe": sharpe * math.sqrt(year),
            "sortino": (mean - rate) / downside * math.sqrt(year),
            "calmar": cagr / deepest,
            "omega": gains / losses,
            "ulcer": np.sqrt((falls.iloc[1:] ** 2).mean()),
            "tailRatio": quantiles.loc[0.95].abs() / quantiles.loc[0.05].abs(),
            "probabilisticSharpe": probability,
            "maxDrawdown.value": deepest,
            "skewness": skew,
            "kurtosis": kurt,
            "bestDay.return": table.max(),
            "worstDay.return": table.min(),
            "beta": beta,
            "alpha": (mean - rate - beta * (market.mean() - rate)) * year,
            "rSquared": (with_market / std / math.sqrt(variance)) ** 2,
            "trackingError": tracking * math.sqrt(year),
            "informationRatio": active.mean() / tracking * math.sqrt(year),
            "upCapture": capture(up),
            "downCapture": capture(down),
            **tails,
        }
    )
    days = {"trough": falls.idxmax(), "best": table.idxmax(), "worst": table.idxmin()}
    rolling = portfolio.rolling(window)
    rolling_std = rolling.std()
    spans = {
        "volatility": rolling_std * math.sqrt(year),
        "sharpe": (rolling.mean() - rate) / rolling_std * math.sqrt(year),
        "beta": rolling.cov(market) / market.rolling(window).var(),
    }
    monthly = (1 + portfolio).resample("ME").prod() - 1
    share = weights * (covariance.to_numpy() @ weights) / portfolio.var()
    if tested:
        figures = figures.join(backtests(table))
    return figures, days, spans, monthly, drawdown_list(wealth["portfolio"]), own.corr(), share, by_holding(own, portfolio)


def answers(argument):
    figures, days, spans, monthly, drawdowns, correlation, share, holding = report(prices)
    return {
        "figures": {name: row.to_dict() for name, row in figures.iterrows()},
        "troughs": days["trough"].dt.strftime("%Y-%m-%d").to_dict(),
        "rolling": {name: [float(each) for each in values.dropna()] for name, values in spans.items()},
        "monthly": [float(each) for each in monthly],
        "drawdowns": [float(each) for each in drawdowns["depth"]],
        "correlation": correlation.to_numpy().tolist(),
        "share": share.tolist(),
        "holding": [part.to_dict() for part in holding],
    }


def whole(argument):
    report(prices)


def without_backtests(argument):
    report(prices, tested=False)


serve({"report": whole, "without backtests": without_backtests, "answers": answers})
