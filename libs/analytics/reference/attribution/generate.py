"""Reference values of attribution and stress, from statsmodels, numpy and pandas over the bundled prices (data/prices).

Independent of the TypeScript: nothing here was translated from it.

    python3 -m venv /tmp/reference && /tmp/reference/bin/pip install -r requirements.txt
    /tmp/reference/bin/python generate.py        # writes values.json
"""
import json
import math
import pathlib

import numpy as np
import pandas as pd
import scipy
import statsmodels
import statsmodels.api as sm

HERE = pathlib.Path(__file__).resolve().parent
PRICES = HERE.parents[3] / "data" / "prices"
CATALOGUE = {row["symbol"]: row for row in json.loads((PRICES / "symbols.json").read_text())["symbols"]}
FACTORS = ["MTUM", "QUAL", "SIZE", "USMV", "VLUE"]
# Closing high and low of the S&P 500: spans in which the high is looked for, the low after it.
SPANS = [("2000-01-01", "2002-12-31"), ("2007-01-01", "2009-12-31"), ("2011-01-01", "2011-12-31"),
         ("2015-08-01", "2015-08-31"), ("2018-09-01", "2018-12-31"), ("2020-01-01", "2020-03-31"),
         ("2022-01-01", "2022-12-31")]


def prices(symbol):
    row = CATALOGUE[symbol]
    count, columns = row["rows"], row["columns"]
    raw = (PRICES / row["file"]).read_bytes()
    days = np.frombuffer(raw, "<i4", count, offset=8 * count * len(columns))
    index = pd.to_datetime(days, unit="D").strftime("%Y-%m-%d")
    values = np.frombuffer(raw, "<f8", count, offset=8 * count * columns.index("adjClose"))
    return pd.Series(values, index=index, name=symbol)


def table(symbols, start, end):
    joined = pd.concat([prices(symbol) for symbol in dict.fromkeys(symbols)], axis=1, join="inner").dropna()
    return joined[(joined.index >= start) & (joined.index <= end)]


def holding_weights(case, closes):
    """Weights before each return: those of the request, or what the shares of today were worth."""
    symbols = [holding["symbol"] for holding in case["holdings"]]
    if "weight" in case["holdings"][0]:
        weights = [holding["weight"] for holding in case["holdings"]]
        return pd.DataFrame([weights] * (len(closes) - 1), columns=symbols), dict(zip(symbols, weights))
    values = pd.DataFrame({h["symbol"]: h["quantity"] * closes[h["symbol"]] for h in case["holdings"]})
    shares = values.div(values.sum(axis=1), axis=0)
    return shares.iloc[:-1].reset_index(drop=True), shares.iloc[-1].to_dict()


def carino(effects, portfolio, benchmark):
    """effects: periods x names, each row summing to portfolio - benchmark of the period."""
    def k(p, b):
        return 1 / (1 + p) if p == b else (math.log1p(p) - math.log1p(b)) / (p - b)
    whole = k(math.expm1(np.log1p(portfolio).sum()), math.expm1(np.log1p(benchmark).sum()))
    each = np.array([k(p, b) for p, b in zip(portfolio, benchmark)])
    return (effects.to_numpy() * (each / whole)[:, None]).sum(axis=0)


def regression(case, portfolio, closes):
    rate = (1 + case["riskFreeRate"]) ** (1 / 252) - 1
    names = [case["benchmark"]] + [factor for factor in FACTORS if factor != case["benchmark"]]
    factors = closes[names].pct_change().iloc[1:]
    X = sm.add_constant((factors - rate).to_numpy())
    lags = int(np.floor(4 * (len(X) / 100) ** (2 / 9)))
    fit = sm.OLS(portfolio.to_numpy() - rate, X).fit(cov_type="HAC", cov_kwds={"maxlags": lags})
    worst = int(portfolio.to_numpy().argmin())
    by_factor = fit.params[1:] * factors.iloc[worst].to_numpy()
    return {
        "factors": {
            "window": {"from": closes.index[0], "to": closes.index[-1], "observations": len(X)},
            "alpha": fit.params[0] * 252,
            "betas": dict(zip(names, fit.params[1:])),
            "tStats": dict(zip(["alpha"] + names, fit.tvalues)),
            "rSquared": fit.rsquared,
            "lags": lags,
        },
        "explainedMove": {
            "date": closes.index[worst + 1],
            "return": portfolio.iloc[worst],
            "byFactor": dict(zip(names, by_factor)),
            "residual": portfolio.iloc[worst] - by_factor.sum(),
        },
    }


def brinson(case, weights, returns, closes):
    asked = case["attribution"]
    sectors = asked["sectors"]
    bench = {h["symbol"]: h["weight"] for h in asked["benchmarkHoldings"]}
    names = sorted({sectors[symbol] for symbol in [*weights.columns, *bench]})
    bench_returns = closes[list(bench)].pct_change().iloc[1:].reset_index(drop=True)
    effects = {(name, effect): [] for name in names for effect in ("allocation", "selection", "interaction")}
    total_p, total_b = [], []
    for t in range(len(returns)):
        wp, rp = weights.iloc[t], returns.iloc[t]
        wb, rb = pd.Series(bench), bench_returns.iloc[t]
        whole = (wb * rb).sum()
        total_p.append((wp * rp).sum())
        total_b.append(whole)
        for name in names:
            own = [s for s in wp.index if sectors[s] == name]
            other = [s for s in wb.index if sectors[s] == name]
            p, b = wp[own].sum(), wb[other].sum()
            own_return = (wp[own] * rp[own]).sum() / p if own else None
            other_return = (wb[other] * rb[other]).sum() / b if other else own_return
            own_return = other_return if own_return is None else own_return
            effects[name, "allocation"].append((p - b) * (other_return - whole))
            effects[name, "selection"].append(b * (own_return - other_return))
            effects[name, "interaction"].append((p - b) * (own_return - other_return))
    linked = dict(zip(effects, carino(pd.DataFrame(effects), np.array(total_p), np.array(total_b))))
    return {
        "sectors": [{"sector": n, **{e: linked[n, e] for e in ("allocation", "selection", "interaction")}} for n in names],
        "portfolioReturn": np.prod(1 + np.array(total_p)) - 1,
        "benchmarkReturn": np.prod(1 + np.array(total_b)) - 1,
        "activeReturn": np.prod(1 + np.array(total_p)) - np.prod(1 + np.array(total_b)),
    }


def stress(case, today, returns, benchmark, closes, factor_closes):
    symbols = list(today)
    market = prices("^GSPC")
    rows = []
    for start, end in SPANS:
        span = market[(market.index >= start) & (market.index <= end)]
        peak = span.idxmax()
        trough = span[span.index >= peak].idxmin()
        covered = [s for s in symbols if {peak, trough} <= set(prices(s).index)]
        row = {"from": peak, "to": trough, "coverage": sum(today[s] for s in covered) / sum(today.values())}
        if covered:
            window = table(covered, peak, trough)
            w = np.array([today[s] for s in covered])
            w = w / w.sum()
            row["portfolioReturn"] = float(np.prod(1 + window.pct_change().iloc[1:].to_numpy() @ w) - 1)
            row["heldReturn"] = float((window.iloc[-1] / window.iloc[0] - 1).to_numpy() @ w)
        else:
            row["portfolioReturn"] = row["heldReturn"] = None
        own = prices(case["benchmark"])
        known = {peak, trough} <= set(own.index)
        row["benchmarkReturn"] = own[trough] / own[peak] - 1 if known else None
        rows.append(row)
    w = np.array([today[s] for s in symbols])
    betas = np.array([np.cov(returns[s], benchmark)[0, 1] / np.var(benchmark, ddof=1) for s in symbols])
    for move in (-0.1, -0.2, -0.4, 0.1):
        rows.append({"shock": {"factor": case["benchmark"], "move": move}, "beta": float(w @ betas),
                     "portfolioReturn": float(w @ np.maximum(betas * move, -1)), "coverage": 1})
    for factor in FACTORS:
        if len(factor_closes) < 31:
            rows.append({"shock": {"factor": factor, "move": -0.1}, "portfolioReturn": None, "coverage": 0})
            continue
        moves = factor_closes.pct_change().iloc[1:]
        loadings = np.array([np.polyfit(moves[factor], moves[s], 1)[0] for s in symbols])
        rows.append({"shock": {"factor": factor, "move": -0.1}, "beta": float(w @ loadings),
                     "portfolioReturn": float(w @ (loadings * -0.1)), "coverage": 1})
    matrix = np.atleast_2d(np.cov(returns[symbols].to_numpy(), rowvar=False))
    rows.append({"portfolioReturn": float(-3 * w @ np.sqrt(np.diag(matrix))), "coverage": 1,
                 "atMeasuredCorrelation": float(-3 * np.sqrt(w @ matrix @ w))})
    return rows


def clean(value):
    if isinstance(value, dict):
        return {key: clean(child) for key, child in value.items()}
    if isinstance(value, list):
        return [clean(child) for child in value]
    return value.item() if isinstance(value, np.generic) else value


def compute(case):
    symbols = [holding["symbol"] for holding in case["holdings"]]
    closes = table(symbols + [case["benchmark"]], case["from"], case["to"])
    weights, today = holding_weights(case, closes)
    returns = closes[symbols].pct_change().iloc[1:].reset_index(drop=True)
    benchmark = closes[case["benchmark"]].pct_change().iloc[1:].to_numpy()
    parts = returns * weights
    portfolio = parts.sum(axis=1)
    contribution = dict(zip(symbols, carino(parts, portfolio.to_numpy(), np.zeros(len(parts)))))
    with_factors = table(symbols + [case["benchmark"]] + FACTORS, case["from"], case["to"])
    result = {"attribution": {"contribution": contribution},
              "stress": stress(case, today, returns, benchmark, closes, with_factors)}
    if len(with_factors) > 60:
        own = portfolio.set_axis(closes.index[1:]).reindex(with_factors.index[1:])
        result["attribution"] |= regression(case, own, with_factors)
    if "sectors" in case.get("attribution", {}):
        joined = table(symbols + [h["symbol"] for h in case["attribution"]["benchmarkHoldings"]] + [case["benchmark"]],
                       case["from"], case["to"])
        assert len(joined) == len(closes)
        result["attribution"]["brinson"] = brinson(case, weights, returns, joined)
    return clean(result)


def weighed(**weights):
    return [{"symbol": symbol, "weight": weight} for symbol, weight in weights.items()]


SECTORS = {"AAPL": "technology", "MSFT": "technology", "AMD": "technology", "JPM": "financials", "BAC": "financials",
           "XOM": "energy", "CVX": "energy", "RRC": "energy", "JNJ": "health", "PFE": "health", "KO": "staples"}
CASES = [
    {"name": "two stocks, four years", "holdings": weighed(AAPL=0.6, MSFT=0.4), "benchmark": "^GSPC",
     "from": "2014-01-02", "to": "2017-12-29", "riskFreeRate": 0.02},
    {"name": "factors from the middle of the period on", "benchmark": "^GSPC", "from": "2011-03-01",
     "to": "2022-12-28", "riskFreeRate": 0.01, "holdings": weighed(AAPL=0.2, JPM=0.3, XOM=0.1, KO=0.4)},
    {"name": "sectors, one of each side alone", "benchmark": "^GSPC", "from": "2015-01-02", "to": "2022-06-30",
     "riskFreeRate": 0, "holdings": weighed(AAPL=0.25, AMD=0.05, JPM=0.3, JNJ=0.3, KO=0.1),
     "attribution": {"sectors": SECTORS,
                     "benchmarkHoldings": weighed(MSFT=0.35, AAPL=0.05, BAC=0.2, XOM=0.1, CVX=0.1, PFE=0.2)}},
    {"name": "shares held, with sectors", "benchmark": "^GSPC", "from": "2016-01-04", "to": "2021-12-31",
     "riskFreeRate": 0.015,
     "holdings": [{"symbol": "AAPL", "quantity": 12}, {"symbol": "RRC", "quantity": 400}, {"symbol": "JPM", "quantity": 30}],
     "attribution": {"sectors": SECTORS, "benchmarkHoldings": weighed(MSFT=0.5, CVX=0.2, BAC=0.3)}},
    {"name": "a factor fund as holding and as benchmark", "benchmark": "USMV", "from": "2018-01-02",
     "to": "2022-12-28", "riskFreeRate": 0, "holdings": weighed(MTUM=0.5, PG=0.5)},
    {"name": "holdings that some windows lack", "benchmark": "^GSPC", "from": "2012-06-01", "to": "2013-03-01",
     "riskFreeRate": 0, "holdings": weighed(FB=0.3, GOOG=0.3, AAPL=0.4)},
]

versions = {"numpy": np.__version__, "pandas": pd.__version__, "scipy": scipy.__version__,
            "statsmodels": statsmodels.__version__}
cases = [{"name": case["name"], "request": {k: v for k, v in case.items() if k != "name"}, "result": compute(case)}
         for case in CASES]
(HERE / "values.json").write_text(json.dumps({"versions": versions, "cases": cases}, allow_nan=False) + "\n")
print(len(cases), "cases")
