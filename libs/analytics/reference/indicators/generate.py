"""Reference values for libs/analytics/src/indicators: TA-Lib on a stretch of the bundled IBM (real highs, lows and volumes).

TA-Lib begins Wilder's averages in ways of its own: its ATR leaves out the first bar, its directional movement sums one bar fewer
than Wilder does. So the ATR is given one bar more in front, whose close lies inside the first range, and of the directional
lines only what comes 400 bars later is kept, when the beginning is forgotten. Everything else agrees from the first value.

    python3 -m venv /tmp/indicators && /tmp/indicators/bin/pip install -r requirements.txt
    /tmp/indicators/bin/python generate.py        # writes values.json
"""
import json
import pathlib

import numpy as np
import talib

HERE = pathlib.Path(__file__).resolve().parent
PRICES = HERE.parents[3] / "data" / "prices"
ROWS, FORGOTTEN = 700, 400
entry = next(row for row in json.loads((PRICES / "symbols.json").read_text())["symbols"] if row["symbol"] == "IBM")
raw = (PRICES / entry["file"]).read_bytes()
count = entry["rows"]
column = {
    name: np.frombuffer(raw, "<f8", count, offset=8 * count * i)[-ROWS:].copy() for i, name in enumerate(entry["columns"])
}
factor = column["adjClose"] / column["close"]
high, low, close, volume = column["high"] * factor, column["low"] * factor, column["adjClose"], column["volume"]
front = lambda values, first: np.concatenate([[first], values])


def ema(values, n):
    out = np.full(len(values), np.nan)
    begin = int(np.argmax(~np.isnan(values)))
    out[begin + n - 1] = values[begin : begin + n].mean()
    for i in range(begin + n, len(values)):
        out[i] = out[i - 1] + 2 / (n + 1) * (values[i] - out[i - 1])
    return out


def listed(values, skip=0):
    return [None if i < skip or not np.isfinite(v) else float(v) for i, v in enumerate(values)]


upper, middle, lower = talib.BBANDS(close, 20, 2.0, 2.0)
k, d = talib.STOCHF(high, low, close, 14, 3)
assert np.allclose(ema(close, 12)[11:], talib.EMA(close, 12)[11:], rtol=1e-12)
macd = ema(close, 12) - ema(close, 26)  # TA-Lib's own begins the fast average 14 bars late
signal = ema(macd, 9)
talib_macd = talib.MACD(close)[0]
assert np.allclose(macd[FORGOTTEN:], talib_macd[FORGOTTEN:], atol=1e-10)
fast_k = np.array([100 * (close[i] - low[i - 13 : i + 1].min()) / np.ptp([low[i - 13 : i + 1].min(), high[i - 13 : i + 1].max()]) if i >= 13 else np.nan for i in range(ROWS)])
assert np.allclose(fast_k[15:], k[15:], rtol=1e-12)
inside = (high[0] + low[0]) / 2
atr = talib.ATR(front(high, inside), front(low, inside), front(close, inside), 14)[1:]
obv = talib.OBV(close, volume) - volume[0]  # TA-Lib begins with the first day's volume
lines = {
    "sma:20": listed(talib.SMA(close, 20)),
    "ema:12": listed(talib.EMA(close, 12)),
    "rsi:14": listed(talib.RSI(close, 14)),
    "macd": {"macd": listed(macd), "signal": listed(signal), "histogram": listed(macd - signal)},
    "bbands:20:2": {"upper": listed(upper), "middle": listed(middle), "lower": listed(lower)},
    "atr:14": listed(atr),
    "adx:14": {
        "adx": listed(talib.ADX(high, low, close, 14), FORGOTTEN),
        "plusDi": listed(talib.PLUS_DI(high, low, close, 14), FORGOTTEN),
        "minusDi": listed(talib.MINUS_DI(high, low, close, 14), FORGOTTEN),
    },
    "stoch:14:3": {"k": listed(fast_k), "d": listed(d)},
    "obv": listed(obv),
}
out = {"talib": talib.__version__, "symbol": "IBM", "rows": ROWS, "forgotten": FORGOTTEN, "lines": lines}
(HERE / "values.json").write_text(json.dumps(out, separators=(",", ":")).replace("],", "],\n") + "\n")
