"""Returns of accounts over bundled prices: replayed day by day in exact fractions, the money-weighted one by scipy to the last digits and by pyxirr.

Time-weighted: the account before the flows of a day over the account after those of the day before, linked. Modified Dietz: gain over flows weighted by
the share of the span that they were there. Trades are at the close.

    python3 -m venv /tmp/reference && /tmp/reference/bin/pip install -r requirements.txt
    /tmp/reference/bin/python replay.py        # writes accounts.json
"""
import datetime
import importlib.metadata
import json
import pathlib
import struct
from fractions import Fraction

import pyxirr
from scipy.optimize import brentq

HERE = pathlib.Path(__file__).resolve().parent
PRICES = HERE.parents[3] / "data" / "prices"
CATALOGUE = {row["symbol"]: row for row in json.loads((PRICES / "symbols.json").read_text())["symbols"]}
EPOCH = datetime.date(1970, 1, 1)

OWN_MONEY = [
    ("2015-01-05", "buy", "KO", 100),
    ("2015-06-01", "buy", "XOM", 60),
    ("2016-03-15", "dividend", "KO", 40),
    ("2016-09-01", "sell", "KO", 30),
    ("2017-03-01", "buy", "XOM", 20),
]
WITH_CASH = [
    ("2015-01-05", "deposit", None, 10_000),
    ("2015-01-05", "buy", "KO", 100),
    ("2015-06-01", "deposit", None, 5_000),
    ("2015-06-01", "buy", "XOM", 60),
    ("2016-03-15", "dividend", "KO", 40),
    ("2016-09-01", "sell", "KO", 30),
    ("2017-02-01", "withdrawal", None, 2_000),
    ("2017-03-01", "buy", "XOM", 20),
]
CASES = [
    ("the money of each trade", OWN_MONEY, "2017-12-29"),
    ("with a cash account", WITH_CASH, "2017-12-29"),
    ("under a year", OWN_MONEY[:2], "2015-12-31"),
]


def closes(symbol):
    row = CATALOGUE[symbol]
    count, columns, raw = row["rows"], row["columns"], (PRICES / row["file"]).read_bytes()
    days = struct.unpack_from(f"<{count}i", raw, 8 * count * len(columns))
    values = struct.unpack_from(f"<{count}d", raw, 8 * count * columns.index("adjClose"))
    return {(EPOCH + datetime.timedelta(days=day)).isoformat(): Fraction(value) for day, value in zip(days, values)}


def replayed(name, transactions, until):
    prices = {symbol: closes(symbol) for symbol in ("KO", "XOM")}
    has_cash = any(kind in ("deposit", "withdrawal") for _, kind, _, _ in transactions)
    first = transactions[0][0]
    shares, cash, worth, linked, flows = {symbol: 0 for symbol in prices}, Fraction(0), Fraction(0), Fraction(1), {}
    for day in sorted(day for day in prices["KO"] if first <= day <= until):
        value = lambda: cash + sum(held * prices[symbol][day] for symbol, held in shares.items())
        before, flow = value(), Fraction(0)  # flow: into the account
        for _, kind, symbol, number in (row for row in transactions if row[0] == day):
            if kind == "dividend":
                before += number
            paid = number * prices[symbol][day] if kind in ("buy", "sell") else Fraction(number)
            sign = 1 if kind in ("buy", "deposit") else -1
            if kind in ("buy", "sell"):
                shares[symbol] += sign * number
            if not has_cash or kind in ("deposit", "withdrawal"):
                flow += sign * paid
            if has_cash:
                cash += {"buy": -paid, "sell": paid, "dividend": paid, "deposit": paid, "withdrawal": -paid}[kind]
        linked *= before / worth if worth else 1
        worth = value()
        assert worth == before + flow, (name, day)
        if flow:
            flows[day] = flow
    ordinal = lambda day: datetime.date.fromisoformat(day).toordinal()
    span = ordinal(day) - ordinal(first)
    weighted = sum(flow * (ordinal(day) - ordinal(at)) / span for at, flow in flows.items())
    dietz = (worth - sum(flows.values())) / weighted
    dated = [(datetime.date.fromisoformat(at), -float(flow)) for at, flow in flows.items()]
    dated.append((datetime.date.fromisoformat(day), float(worth)))
    present = lambda rate: sum(amount / (1 + rate) ** ((at - dated[0][0]).days / 365) for at, amount in dated)
    rate = brentq(present, -0.9, 1, xtol=1e-15, rtol=1e-14)
    assert abs(pyxirr.xirr(dated) - rate) < 1e-8, name
    yearly = lambda total: float(1 + total) ** (365 / span) - 1 if span >= 365 else None
    return {
        "name": name,
        "transactions": [
            {"date": at, "type": kind, **({"symbol": symbol} if symbol else {}), ("quantity" if kind in ("buy", "sell") else "amount"): number}
            for at, kind, symbol, number in transactions
        ],
        "until": until,
        "timeWeighted": {"total": float(linked - 1), "annualized": yearly(linked - 1)},
        "modifiedDietz": {"total": float(dietz), "annualized": yearly(dietz)},
        "moneyWeighted": {"total": (1 + rate) ** (span / 365) - 1, "annualized": rate if span >= 365 else None},
    }


versions = {package: importlib.metadata.version(package) for package in ("pyxirr", "scipy")}
cases = [replayed(*case) for case in CASES]
(HERE / "accounts.json").write_text(json.dumps({"versions": versions, "cases": cases}, indent=1) + "\n")
