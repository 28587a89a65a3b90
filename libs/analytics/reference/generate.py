"""Reference values for libs/analytics, from numpy, scipy and pandas straight from the definitions in the README.

Independent of the TypeScript: nothing here was translated from it. Prices are the bundled ones (data/prices); each case says
which rows are removed, so that joining by date matters, and which series are made up by a rule.

    python3 -m venv /tmp/reference && /tmp/reference/bin/pip install -r requirements.txt
    /tmp/reference/bin/python generate.py        # writes values.json
"""
import decimal
import json
import math
import pathlib
import random

import numpy as np
import pandas as pd
import scipy
from scipy import stats

HERE = pathlib.Path(__file__).resolve().parent
PRICES = HERE.parents[2] / "data" / "prices"
CATALOGUE = {row["symbol"]: row for row in json.loads((PRICES / "symbols.json").read_text())["symbols"]}
STOCKS = "AAPL AMD BAC BBY CVX GE HD JNJ JPM KO LLY MRK MSFT PEP PFE PG RRC UNH WMT XOM".split()
NOTHING = 1e-14  # a standard deviation below this is rounding


def bundled(symbol):
    row = CATALOGUE[symbol]
    count, columns = row["rows"], row["columns"]
    raw = (PRICES / row["file"]).read_bytes()
    days = np.frombuffer(raw, "<i4", count, offset=8 * count * len(columns))
    index = pd.to_datetime(days, unit="D").strftime("%Y-%m-%d")
    table = {name: np.frombuffer(raw, "<f8", count, offset=8 * count * i) for i, name in enumerate(columns)}
    return pd.DataFrame(table, index=index)


def load(symbol):
    if symbol == "~FLAT":
        days = bundled("^GSPC").index
        return pd.DataFrame({"adjClose": 100.0, "close": 100.0}, index=days)
    return bundled(symbol)


def number(value):
    return None if value is None or not math.isfinite(value) else float(value)


def divide(numerator, denominator):
    return None if not abs(denominator) > NOTHING else number(numerator / denominator)


def drawdown(wealth):
    """Deepest fall from the running maximum; wealth includes the base point.

    Peak: the first day at the height of the peak, but not before an earlier drawdown from that height had recovered.
    """
    highest = np.maximum.accumulate(wealth)
    depth = 1 - wealth / highest
    if depth.max() <= 1e-12:
        return 0.0, None, None, None
    trough = int(depth.argmax())
    at_height = depth <= 1e-12
    peak = trough - int(np.argmax(at_height[trough::-1]))
    while peak > 0 and at_height[peak - 1] and wealth[peak - 1] == wealth[peak]:
        peak -= 1
    back = np.flatnonzero(wealth[trough:] >= wealth[peak] * (1 - 1e-12))
    return depth[trough], peak, trough, (trough + int(back[0]) if len(back) else None)


def performance(returns, dates, periods, annual_rate):
    n = len(returns)
    rate = (1 + annual_rate) ** (1 / periods) - 1
    excess = returns - rate
    total = math.expm1(math.fsum(np.log1p(returns)))
    cagr = (1 + total) ** (periods / n) - 1
    std = returns.std(ddof=1)
    varies = std > NOTHING
    wealth = np.concatenate([[1.0], np.cumprod(1 + returns)])
    value, peak, trough, recovery = drawdown(wealth)
    downside = math.sqrt(np.mean(np.minimum(excess, 0) ** 2))
    sharpe = excess.mean() / excess.std(ddof=1) if varies else None
    high, low = np.quantile(returns, [0.95, 0.05])
    probability = None
    if varies:
        g3, g4 = stats.skew(excess), stats.kurtosis(excess, fisher=False)
        probability = stats.norm.cdf(sharpe * math.sqrt(n - 1) / math.sqrt(1 - g3 * sharpe + (g4 - 1) / 4 * sharpe**2))
    falls = 1 - wealth / np.maximum.accumulate(wealth)
    day = lambda position: None if position is None else dates[position]
    return {
        "totalReturn": total,
        "cagr": number(cagr),
        "arithmeticReturn": returns.mean() * periods,
        "annualVolatility": std * math.sqrt(periods),
        "sharpe": sharpe * math.sqrt(periods) if varies else None,
        "sortino": divide(excess.mean() * math.sqrt(periods), downside),
        "calmar": divide(cagr, value),
        "omega": divide(excess[excess > 0].sum(), -excess[excess < 0].sum()),
        "ulcer": math.sqrt(np.mean(falls[1:] ** 2)),
        "tailRatio": divide(abs(high), abs(low)),
        "probabilisticSharpe": number(probability),
        "maxDrawdown": {"value": value, "peak": day(peak), "trough": day(trough), "recovery": day(recovery)},
        "skewness": number(stats.skew(returns, bias=False)) if varies else None,
        "kurtosis": number(stats.kurtosis(returns, bias=False)) if varies else None,
        "bestDay": {"date": dates[1 + int(returns.argmax())], "return": returns.max()},
        "worstDay": {"date": dates[1 + int(returns.argmin())], "return": returns.min()},
    }


def tails(returns):
    n = len(returns)
    mean, std = returns.mean(), returns.std(ddof=1)
    found = {"var": {"historical": {}, "parametric": {}, "cornishFisher": {}}, "cvar": {"historical": {}, "parametric": {}}}
    for label, tail in (("0.95", 0.05), ("0.99", 0.01)):
        z = stats.norm.ppf(tail)
        found["var"]["historical"][label] = -np.quantile(returns, tail)
        found["var"]["parametric"][label] = -(mean + z * std)
        if std > NOTHING:
            s, k = stats.skew(returns), stats.kurtosis(returns)
            w = z + (z**2 - 1) * s / 6 + (z**3 - 3 * z) * k / 24 - (2 * z**3 - 5 * z) * s**2 / 36
            found["var"]["cornishFisher"][label] = -(mean + w * std)
        else:
            found["var"]["cornishFisher"][label] = None
        worst = np.sort(returns)[: math.floor((n - 1) * tail) + 1]
        found["cvar"]["historical"][label] = -worst.mean()
        found["cvar"]["parametric"][label] = -mean + std * stats.norm.pdf(z) / tail
    return found


def geometric_mean(returns):
    return math.expm1(np.log1p(returns).mean())


def risk(returns, market, periods, annual_rate):
    rate = (1 + annual_rate) ** (1 / periods) - 1
    matrix = np.cov(returns, market, ddof=1)
    beta = matrix[0, 1] / matrix[1, 1]
    active = returns - market
    error = active.std(ddof=1) * math.sqrt(periods)
    up, down = market > 0, market < 0
    return tails(returns) | {
        "beta": beta,
        "alpha": ((returns - rate).mean() - beta * (market - rate).mean()) * periods,
        "rSquared": np.corrcoef(returns, market)[0, 1] ** 2 if returns.std() > NOTHING else None,
        "trackingError": error,
        "informationRatio": divide(active.mean() * periods, error),
        "upCapture": geometric_mean(returns[up]) / geometric_mean(market[up]),
        "downCapture": geometric_mean(returns[down]) / geometric_mean(market[down]),
        "varTests": backtests(returns, periods),
    }


WINDOWS = {252: 252, 52: 104}
ROLLING = {252: 63, 52: 26}


def backtests(returns, periods):
    """Kupiec's and Christoffersen's likelihood ratios of the 95 % VaR of the window before each period."""
    window = WINDOWS[periods]
    if len(returns) < window + 60:
        return {"unavailable": {"code": "too-few-observations"}}
    series = pd.Series(returns)
    forecast = series.rolling(window).quantile(0.05, interpolation="linear").shift(1)
    hits = (series < forecast)[window:].to_numpy()
    exact = decimal.Decimal  # 28 digits: the likelihoods nearly cancel
    log = lambda count, p: exact(count) * p.ln() if count else exact(0)
    n, x = len(hits), int(hits.sum())
    seen = exact(x) / n
    pof = float(-2 * (log(n - x, exact("0.95")) + log(x, exact("0.05")) - log(n - x, 1 - seen) - log(x, seen)))
    pairs = pd.crosstab(hits[:-1], hits[1:]).reindex(index=[False, True], columns=[False, True], fill_value=0).to_numpy()
    (n00, n01), (n10, n11) = pairs.tolist()
    if n10 + n11 == 0:
        independence = None
    else:
        after, before = exact(n01) / (n00 + n01), exact(n11) / (n10 + n11)
        share = exact(n01 + n11) / (n00 + n01 + n10 + n11)
        independence = -2 * (
            log(n00 + n10, 1 - share) + log(n01 + n11, share) - log(n00, 1 - after) - log(n01, after) - log(n10, 1 - before) - log(n11, before)
        )
        independence = float(independence)
    judged = lambda ratio: {"statistic": ratio, "pValue": None if ratio is None else stats.chi2.sf(max(ratio, 0), 1)}
    return {"kupiec": judged(max(pof, 0.0)), "christoffersen": judged(independence)}


def by_holding(symbols, own, portfolio, contributions, weights):
    """Parts of the parametric VaR at 95 %: numerical derivatives, not the formula."""
    z = stats.norm.ppf(0.05)
    loss = lambda series: -(series.mean() + z * series.std(ddof=1))
    step = 1e-3
    change = lambda extra, size: (loss(portfolio + size * extra) - loss(portfolio - size * extra)) / (2 * size)
    slope = lambda extra: (4 * change(extra, step) - change(extra, 2 * step)) / 3  # Richardson
    component = [slope(contributions[:, i]) for i in range(len(symbols))]
    return {
        "componentVar": dict(zip(symbols, component)),
        "marginalVar": dict(zip(symbols, [part / weight for part, weight in zip(component, weights)])),
        "incrementalVar": {symbol: loss(portfolio) - loss(portfolio - contributions[:, i]) for i, symbol in enumerate(symbols)},
    }


def over_time(portfolio, market, dates, periods, annual_rate, with_rolling):
    rate = (1 + annual_rate) ** (1 / periods) - 1
    index = pd.to_datetime(dates[1:])
    series = pd.Series(portfolio, index=index)
    monthly = (1 + series).groupby([index.year, index.month]).prod() - 1
    wealth = np.concatenate([[1.0], np.cumprod(1 + portfolio)])
    falls = 1 - wealth / np.maximum.accumulate(wealth)
    spells = []
    for i, fall in enumerate(falls):
        if fall <= 1e-12:
            start = i
        elif not spells or spells[-1]["start"] != start:
            spells.append({"start": start, "days": [i]})
        else:
            spells[-1]["days"].append(i)
    listed = []
    for spell in spells:
        last = spell["days"][-1]
        trough = max(spell["days"], key=lambda i: falls[i])
        recovery = dates[last + 1] if last + 1 < len(wealth) else None
        length = (pd.Timestamp(recovery or dates[-1]) - pd.Timestamp(dates[spell["start"]])).days
        listed.append({"peak": dates[spell["start"]], "trough": dates[trough], "recovery": recovery, "depth": falls[trough], "days": length})
    found = {
        "monthly": [{"year": int(year), "month": int(month), "return": value} for (year, month), value in monthly.items()],
        "drawdowns": sorted(listed, key=lambda each: -each["depth"])[:10],
    }
    window = ROLLING[periods]
    if with_rolling and len(portfolio) >= window:
        own, other = series, pd.Series(market, index=index)
        spread = own.rolling(window).std(ddof=1)
        ends = len(own) - window + 1
        points = min(ends, 260)
        at = [window - 1 + math.floor(i * (ends - 1) / max(points - 1, 1) + 0.5) for i in range(points)]
        pick = lambda values: [float(values.iloc[i]) for i in at]
        exact = lambda i: np.cov(portfolio[i - window + 1 : i + 1], market[i - window + 1 : i + 1], ddof=1)
        found["rolling"] = {
            "window": window,
            "dates": [dates[1 + i] for i in at],
            "volatility": pick(spread * math.sqrt(periods)),
            "sharpe": pick((own.rolling(window).mean() - rate) / spread * math.sqrt(periods)),
            "beta": [exact(i)[0, 1] / exact(i)[1, 1] for i in at],
        }
    return found


def case(name, holdings, rate, start, end, removed=None, benchmark="^GSPC", every=1, periods=252, rolling=False):
    removed = removed or {}
    symbols = [holding["symbol"] for holding in holdings]
    tables = {symbol: load(symbol).loc[start:end] for symbol in symbols + [benchmark]}
    for symbol, dates in removed.items():
        tables[symbol] = tables[symbol].drop(dates)
    if every > 1:
        tables[benchmark] = tables[benchmark].iloc[::every]
    joined = pd.concat({symbol: table["adjClose"] for symbol, table in tables.items()}, axis=1, join="inner").dropna()
    dates = list(joined.index)
    returns = joined.pct_change().iloc[1:]
    market = returns[benchmark].to_numpy()
    own = returns[symbols].to_numpy()
    if "weight" in holdings[0]:
        weights = np.array([holding["weight"] for holding in holdings])
        portfolio = own @ weights
        contributions = own * weights
    else:
        close = lambda symbol: tables[symbol]["close"] if "close" in tables[symbol] else tables[symbol]["adjClose"]
        last = np.array([holding["quantity"] * close(holding["symbol"])[dates[-1]] for holding in holdings])
        value = (joined[symbols] / joined[symbols].iloc[-1] * last).sum(axis=1)
        portfolio = value.pct_change().to_numpy()[1:]
        held = (joined[symbols] / joined[symbols].iloc[-1] * last).to_numpy()
        contributions = held[:-1] / value.to_numpy()[:-1, None] * own
        weights = last / last.sum()
    covariance = np.atleast_2d(np.cov(own, rowvar=False, ddof=1))
    contribution = weights * (covariance @ weights) / (weights @ covariance @ weights)
    with np.errstate(invalid="ignore", divide="ignore"):
        correlation = np.atleast_2d(np.corrcoef(own, rowvar=False))
    measure = lambda series: {
        "performance": performance(series, dates, periods, rate),
        "risk": risk(series, market, periods, rate),
    }
    whole = measure(portfolio)
    whole["risk"] |= by_holding(symbols, own, portfolio, contributions, weights)
    whole |= over_time(portfolio, market, dates, periods, rate, rolling)
    return {
        "name": name,
        "request": {"holdings": holdings, "benchmark": benchmark, "from": start, "to": end, "riskFreeRate": rate},
        "removed": removed,
        "benchmarkEvery": every,
        "result": {
            "window": {"from": dates[0], "to": dates[-1], "observations": len(dates) - 1, "periodsPerYear": periods},
            "portfolio": whole,
            "assets": [
                {"symbol": symbol, "weight": weights[i], **measure(own[:, i]), "riskContribution": contribution[i]}
                for i, symbol in enumerate(symbols)
            ],
            "correlation": {"symbols": symbols, "matrix": [[number(value) for value in row] for row in correlation]},
        },
    }


def some_removed(symbols, start, end, seed=20221228, share=0.01):
    """About one date in a hundred of every third series, chosen by a seeded generator."""
    choose = random.Random(seed)
    return {
        symbol: sorted(day for day in load(symbol).loc[start:end].index if choose.random() < share) for symbol in symbols[::3]
    }


def main():
    decade = ("2013-01-02", "2022-12-28")
    gaps = some_removed(STOCKS, *decade)
    parts = [1 + i % 5 for i in range(len(STOCKS))]
    weights = [{"symbol": symbol, "weight": part / 60} for symbol, part in zip(STOCKS, parts)]
    quantities = [{"symbol": symbol, "quantity": 10.0 * part} for symbol, part in zip(STOCKS, parts)]
    raw = [{"symbol": symbol, "quantity": shares} for symbol, shares in (("IBM", 25.0), ("GOOG", 7.5), ("AAPL", 300.0))]
    pair = [{"symbol": "AAPL", "weight": 0.7}, {"symbol": "~FLAT", "weight": 0.3}]
    three = [{"symbol": symbol, "weight": weight} for symbol, weight in (("MSFT", 0.5), ("XOM", 0.3), ("PG", 0.2))]
    cases = [
        case("20 stocks by weight, ten years, rf 2 %", weights, 0.02, *decade, rolling=True),
        case("20 stocks by quantity, ten years", quantities, 0.0, *decade),
        case("20 stocks by weight, ten years, gaps", weights, 0.0, *decade, removed=gaps),
        case("20 stocks by weight, ten years, gaps, rf 2 %", weights, 0.02, *decade, removed=gaps),
        case("20 stocks by quantity, ten years, gaps, rf 2 %", quantities, 0.02, *decade, removed=gaps),
        case("3 stocks by quantity, raw closes", raw, 0.02, "2005-01-03", "2013-02-28"),
        case("a constant asset", pair, 0.0, "2019-01-02", "2020-12-31"),
        case("a constant asset, rf 2 %", pair, 0.02, "2019-01-02", "2020-12-31"),
        case("a short window, through a crash", three, 0.02, "2020-02-20", "2020-03-10"),
        case("weekly, for the benchmark has every fifth day only", three, 0.02, *decade, every=5, periods=52, rolling=True),
        case("the benchmark as the only asset", [{"symbol": "^GSPC", "weight": 1.0}], 0.0, "2015-01-02", "2017-12-29"),
    ]
    versions = {"numpy": np.__version__, "scipy": scipy.__version__, "pandas": pd.__version__}
    text = json.dumps({"versions": versions, "cases": cases}, separators=(",", ":"), allow_nan=False, default=float)
    (HERE / "values.json").write_text(text + "\n")


main()
