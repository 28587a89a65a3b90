"""Reference values for libs/analytics/src/forecast: statsmodels on a stretch of the bundled IBM, scipy for the test.

    python3 -m venv /tmp/forecast && /tmp/forecast/bin/pip install -r requirements.txt
    /tmp/forecast/bin/python generate.py        # writes values.json
"""
import json
import pathlib

import numpy as np
import scipy
import statsmodels
from scipy import stats
from statsmodels.tsa.ar_model import AutoReg
from statsmodels.tsa.holtwinters import Holt

HERE = pathlib.Path(__file__).resolve().parent
PRICES = HERE.parents[3] / "data" / "prices"
entry = next(row for row in json.loads((PRICES / "symbols.json").read_text())["symbols"] if row["symbol"] == "IBM")
raw = (PRICES / entry["file"]).read_bytes()
at = entry["columns"].index("adjClose")
logs = np.log(np.frombuffer(raw, "<f8", entry["rows"], offset=8 * entry["rows"] * at)[-500:])
changes = np.diff(logs)
HORIZON = 20

fits = {p: AutoReg(changes, p, trend="c", hold_back=5).fit() for p in range(1, 6)}
best = min(fits, key=lambda p: fits[p].aic)
level = AutoReg(logs, 1, trend="c").fit()
trends = []
for alpha, beta, phi in [(0.8, 0.1, 0.95), (0.2, 0.05, 0.8), (1.0, 0.4, 0.98)]:
    fit = Holt(logs, damped_trend=True, initialization_method="known", initial_level=logs[0], initial_trend=0).fit(
        smoothing_level=alpha, smoothing_trend=beta, damping_trend=phi, optimized=False
    )
    trends.append({"alpha": alpha, "beta": beta, "phi": phi, "path": list(fit.forecast(HORIZON)), "sse": float(fit.sse)})

random = np.random.default_rng(7)
tests = []
for count, overlap, shift in [(30, 1, 0.3), (120, 1, 0.05), (200, 5, 0.2), (41, 3, -0.2)]:
    d = random.standard_normal(count) + shift
    centred = d - d.mean()
    gamma = [float(centred[lag:] @ centred[: count - lag]) / count for lag in range(overlap)]
    variance = gamma[0] + 2 * sum(gamma[1:])
    factor = (count + 1 - 2 * overlap + overlap * (overlap - 1) / count) / count
    statistic = d.mean() / np.sqrt(variance / count) * np.sqrt(factor)
    assert overlap > 1 or np.isclose(statistic, stats.ttest_1samp(d, 0).statistic)
    tests.append({"differences": list(d), "overlap": overlap, "statistic": statistic, "pValue": stats.t.sf(statistic, count - 1)})

out = {
    "statsmodels": statsmodels.__version__,
    "scipy": scipy.__version__,
    "logPrices": list(logs),
    "autoregression": {
        "coefficients": {p: list(fit.params) for p, fit in fits.items()},
        "order": best,
        "path": list(logs[-1] + np.cumsum(fits[best].forecast(HORIZON))),
    },
    "meanReversion": {"path": list(level.forecast(HORIZON))},
    "dampedTrends": trends,
    "tests": tests,
    "studentTails": [[t, n, float(stats.t.sf(t, n))] for t in (-3.0, -0.5, 0.0, 0.7, 2.0, 4.5, 12.0) for n in (1, 4, 29, 500, 2999)],
}
(HERE / "values.json").write_text(json.dumps(out, separators=(",", ":")).replace("],", "],\n") + "\n")
