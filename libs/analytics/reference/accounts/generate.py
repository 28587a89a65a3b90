"""Money-weighted returns (XIRR, Act/365) by pyxirr, and by scipy's brentq on the definition, of made-up accounts.

    python3 -m venv /tmp/reference && /tmp/reference/bin/pip install -r requirements.txt
    /tmp/reference/bin/python generate.py        # writes values.json
"""
import datetime
import importlib.metadata
import json
import pathlib
import random

import pyxirr
from scipy.optimize import brentq

HERE = pathlib.Path(__file__).resolve().parent
START = datetime.date(2019, 12, 31)


def case(name, flows):
    dates = [START + datetime.timedelta(days=day) for day, _ in flows]
    amounts = [amount for _, amount in flows]
    rate = pyxirr.xirr(dates, amounts)
    worth = lambda each: sum(amount / (1 + each) ** (day / 365) for day, amount in flows)
    assert abs(brentq(worth, max(-0.9999, rate - 0.3), rate + 0.3, xtol=1e-15, rtol=1e-14) / rate - 1) < 1e-9, name
    return {"name": name, "flows": flows, "xirr": rate}


def main():
    random.seed(20)
    cases = [
        case("one purchase, one year", [(0, -1000.0), (365, 1070.0)]),
        case("a loss in a leap year", [(0, -1000.0), (60, -250.0), (366, 900.0)]),
        case("most of it lost", [(0, -1000.0), (400, 40.0)]),
        case("days only", [(0, -1000.0), (3, 1004.0)]),
        case("tenfold in two years", [(0, -10.0), (731, 100.0)]),
    ]
    for months in (12, 36, 120):
        saved = [(30 * month, -round(random.uniform(50, 500), 2)) for month in range(months)]
        drawn = [(30 * months - 200, round(random.uniform(50, 500), 2))]
        end = (30 * months + 11, round(-1.3 * sum(amount for _, amount in saved), 2))
        cases.append(case(f"{months} months of saving", sorted([*saved, *drawn, end])))
    versions = {name: importlib.metadata.version(name) for name in ("pyxirr", "scipy")}
    (HERE / "values.json").write_text(json.dumps({"versions": versions, "cases": cases}, indent=1) + "\n")


main()
