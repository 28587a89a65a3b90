#!/usr/bin/env python3
"""Weekly and monthly bars of IBM, autumn 2012 (Thanksgiving, a storm closure, New Year inside a week), by pandas.

    python3 aggregates.py bokeh_sampledata-2026.1-py3-none-any.whl > ibm-aggregates.json   (pandas 3.1.1)
"""

import gzip
import io
import json
import sys
import zipfile

import pandas as pd

text = gzip.decompress(zipfile.ZipFile(sys.argv[1]).read("bokeh_sampledata/_data/stocks.csv.gz")).decode()
all_rows = pd.read_csv(io.StringIO(text), parse_dates=["Date"])
ibm = all_rows[all_rows.Ticker == "IBM"].set_index("Date").loc["2012-10-22":"2013-01-11"]
factor = ibm["Adj Close"] / ibm["Close"]


def bars(frame, key):
    frame = frame.assign(date=frame.index.strftime("%Y-%m-%d"))
    how = {"date": "last", "Open": "first", "High": "max", "Low": "min", "Close": "last", "Adj Close": "last", "Volume": "sum"}
    out = frame.groupby(key, sort=True).agg(how)
    out.columns = ["date", "open", "high", "low", "close", "adjClose", "volume"]
    return out.to_dict("records")


weeks = ibm.index.to_period("W-SUN")
months = ibm.index.to_period("M")
adjusted = ibm.assign(**{c: ibm[c] * factor for c in ["Open", "High", "Low"]}, Close=ibm["Adj Close"])
json.dump(
    {
        "pandas": pd.__version__,
        "1wk": {"raw": bars(ibm, weeks), "adjusted": bars(adjusted, weeks)},
        "1mo": {"raw": bars(ibm, months), "adjusted": bars(adjusted, months)},
    },
    sys.stdout,
    indent=1,
)
print()
