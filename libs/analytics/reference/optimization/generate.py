"""Reference values for libs/analytics/src/optimization from the libraries that people use for it, over the bundled prices (data/prices).

Estimates: scikit-learn (Ledoit-Wolf, OAS), PyPortfolioOpt (constant correlation, exponential, CAPM, Black-Litterman), skfolio (James-Stein).
Optima: cvxpy with Clarabel at 1e-12, HiGHS for minimum CVaR, PyPortfolioOpt for HRP and for the corners of its critical line.

    python3 -m venv /tmp/reference && /tmp/reference/bin/pip install -r requirements.txt
    /tmp/reference/bin/python generate.py        # writes values.json
"""
import json
import pathlib
import warnings
from importlib.metadata import version

import cvxpy as cp
import numpy as np
import pandas as pd
from pypfopt import BlackLittermanModel, CLA, HRPOpt, expected_returns, risk_models
from scipy.optimize import linprog
from skfolio.moments import ShrunkMu
from sklearn.covariance import ledoit_wolf, oas

warnings.filterwarnings("ignore")
HERE = pathlib.Path(__file__).resolve().parent
PRICES = HERE.parents[3] / "data" / "prices"
CATALOGUE = {row["symbol"]: row for row in json.loads((PRICES / "symbols.json").read_text())["symbols"]}
STOCKS = "AAPL AMD BAC BBY CVX GE HD JNJ JPM KO LLY MRK MSFT PEP PFE PG RRC UNH WMT XOM".split()
FROM, TO, YEAR, RATE = "2018-01-02", "2022-12-28", 252, 0.02
RF = YEAR * ((1 + RATE) ** (1 / YEAR) - 1)
TIGHT = dict(solver=cp.CLARABEL, tol_gap_abs=1e-13, tol_gap_rel=1e-13, tol_feas=1e-13, max_iter=400)


def load(symbol):
    row = CATALOGUE[symbol]
    count, columns = row["rows"], row["columns"]
    raw = (PRICES / row["file"]).read_bytes()
    days = np.frombuffer(raw, "<i4", count, offset=8 * count * len(columns))
    index = pd.to_datetime(days, unit="D").strftime("%Y-%m-%d")
    at = columns.index("adjClose")
    return pd.Series(np.frombuffer(raw, "<f8", count, offset=8 * count * at), index=index).loc[FROM:TO]


table = pd.concat({name: load(name) for name in STOCKS + ["^GSPC"]}, axis=1, join="inner").dropna()
returns = table.pct_change().iloc[1:]
own, market = returns[STOCKS], returns["^GSPC"]
X = own.to_numpy()
MU, SIGMA = X.mean(axis=0) * YEAR, np.cov(X, rowvar=False) * YEAR
HELD = np.full(len(STOCKS), 1 / len(STOCKS))
VIEWS = [
    {"symbol": "AAPL", "return": 0.2, "confidence": 0.6},
    {"symbol": "XOM", "versus": "CVX", "return": 0.03},
    {"symbol": "PG", "return": 0.05, "confidence": 1.0},
]


def estimates():
    tau, delta = 0.05, 2.5
    picks = np.zeros((len(VIEWS), len(STOCKS)))
    for row, view in zip(picks, VIEWS):
        row[STOCKS.index(view["symbol"])] = 1
        if "versus" in view:
            row[STOCKS.index(view["versus"])] = -1
    said = np.array([view["return"] for view in VIEWS])
    prior = delta * SIGMA @ HELD + RF
    # A view without a confidence has the error of He and Litterman, which is Idzorek's at one half.
    confidences = [view.get("confidence", 0.5) for view in VIEWS]
    omega = BlackLittermanModel.idzorek_method(confidences, SIGMA, prior, said.reshape(-1, 1), picks, tau)
    posterior = BlackLittermanModel(SIGMA, pi=prior.reshape(-1, 1), Q=said, P=picks, omega=omega, tau=tau)
    james_stein = ShrunkMu().fit(X)
    shrink = risk_models.CovarianceShrinkage(own, returns_data=True, frequency=YEAR)
    constant = shrink.ledoit_wolf("constant_correlation").to_numpy()
    capm = expected_returns.capm_return(
        own, market.to_frame(), returns_data=True, risk_free_rate=RF, compounding=False, frequency=YEAR
    )
    recent = expected_returns.ema_historical_return(own, returns_data=True, compounding=False, span=500, frequency=YEAR)
    identity, identity_share = ledoit_wolf(X)
    oracle, oracle_share = oas(X)
    exponential = risk_models.exp_cov(own, returns_data=True, span=180, frequency=YEAR).to_numpy()
    return {
        "covariance": {
            "sample": {"matrix": SIGMA, "shrinkage": 0},
            "exponential": {"matrix": exponential, "shrinkage": 0},
            "ledoitWolf": {"matrix": constant, "shrinkage": shrink.delta},
            "ledoitWolfIdentity": {"matrix": identity * YEAR, "shrinkage": identity_share},
            "oas": {"matrix": oracle * YEAR, "shrinkage": oracle_share},
        },
        "expectedReturns": {
            "historical": MU,
            "exponential": recent.to_numpy(),
            "capm": capm.loc[STOCKS].to_numpy(),
            "jamesStein": james_stein.mu_ * YEAR,
            "blackLitterman": posterior.bl_returns().to_numpy(),
        },
        "blackLittermanCovariance": posterior.bl_cov().to_numpy(),
        "views": VIEWS,
    }


class Case:
    """One set of limits; every problem is homogeneous in k, so that ratios are problems too (k = 1 for the others)."""

    def __init__(self, low=0.0, high=1.0, groups=(), turnover=None, cost=0.0):
        self.low, self.high, self.groups, self.turnover, self.cost = low, high, groups, turnover, cost

    def options(self):
        groups = [
            {key: value for key, value in dict(name=name, symbols=list(members), min=least, max=most).items() if value is not None}
            for name, members, least, most in self.groups
        ]
        return dict(
            longOnly=self.low == 0, maxWeight=self.high, groups=groups, turnoverLimit=self.turnover, transactionCost=self.cost
        )

    def within(self, w, k=1):
        rules = [cp.sum(w) == k, w >= self.low * k, w <= self.high * k]
        for _, members, least, most in self.groups:
            total = cp.sum(w[[STOCKS.index(name) for name in members]])
            rules += [total >= least * k] if least is not None else []
            rules += [total <= most * k] if most is not None else []
        return rules + ([cp.norm1(w - k * HELD) <= self.turnover * k] if self.turnover is not None else [])

    def net(self, w, gains, k=1, cost=None):
        cost = self.cost if cost is None else cost
        return gains @ w - (cost * cp.norm1(w - k * HELD) if cost else 0)

    def solve(self, objective, rules, w):
        problem = cp.Problem(objective, rules)
        problem.solve(**TIGHT)
        assert problem.status in ("optimal", "optimal_inaccurate"), problem.status
        return np.array(w.value)

    def least_variance(self, at_least=None):
        w = cp.Variable(len(STOCKS))
        rules = self.within(w) + ([self.net(w, MU) >= at_least] if at_least is not None else [])
        return self.solve(cp.Minimize(cp.sum_squares(ROOT.T @ w)), rules, w)

    def most_return(self, volatility=None):
        w = cp.Variable(len(STOCKS))
        rules = self.within(w) + ([cp.norm(ROOT.T @ w) <= volatility] if volatility is not None else [])
        return self.solve(cp.Maximize(self.net(w, MU)), rules, w)

    def best_ratio(self, gains, base, cost=None):
        w, k = cp.Variable(len(STOCKS)), cp.Variable(nonneg=True)
        rules = self.within(w, k) + [self.net(w, gains, k, cost) - base * k >= 1]
        found = self.solve(cp.Minimize(cp.sum_squares(ROOT.T @ w)), rules, w)
        return found / k.value

    def least_cvar(self, confidence=0.95):
        """HiGHS: w, a, losses over a, and changes of the weights where they are limited."""
        n, t = len(STOCKS), len(X)
        size = n + 1 + t + n
        cost = np.concatenate([np.zeros(n), [1], np.full(t, 1 / ((1 - confidence) * t)), np.zeros(n)])
        upper, limits = [np.hstack([-X, -np.ones((t, 1)), -np.eye(t), np.zeros((t, n))])], [np.zeros(t)]
        for sign in (1, -1):
            upper.append(np.hstack([sign * np.eye(n), np.zeros((n, 1 + t)), -np.eye(n)]))
            limits.append(sign * HELD)
        for _, members, least, most in self.groups:
            row = np.zeros((1, size))
            row[0, [STOCKS.index(name) for name in members]] = 1
            for bound, sign in ((least, -1), (most, 1)):
                if bound is not None:
                    upper.append(sign * row)
                    limits.append([sign * bound])
        if self.turnover is not None:
            upper.append(np.concatenate([np.zeros(n + 1 + t), np.ones(n)]).reshape(1, -1))
            limits.append([self.turnover])
        budget = np.concatenate([np.ones(n), np.zeros(size - n)]).reshape(1, -1)
        bounds = [(self.low, self.high)] * n + [(None, None)] + [(0, None)] * (t + n)
        options = dict(primal_feasibility_tolerance=1e-10, dual_feasibility_tolerance=1e-10)
        found = linprog(cost, np.vstack(upper), np.concatenate(limits), budget, [1], bounds, "highs", options=options)
        assert found.status == 0, found.message
        return {"weights": found.x[:n], "cvar": found.fun}

    def facts(self, w):
        net = MU @ w - self.cost * np.abs(w - HELD).sum()
        return {"weights": w, "return": net, "volatility": np.sqrt(w @ SIGMA @ w)}

    def values(self):
        least, most = self.least_variance(), self.most_return()
        low, high = self.facts(least)["return"], self.facts(most)["return"]
        target = low + 0.4 * (high - low)
        volatility = 1.15 * self.facts(least)["volatility"]
        points = [self.facts(self.least_variance(low + (high - low) * k / 4)) for k in range(1, 4)]
        return {
            "options": self.options() | {"targetReturn": target, "targetVolatility": volatility, "frontierPoints": 5},
            "minVariance": self.facts(least),
            "maxSharpe": self.facts(self.best_ratio(MU, RF)),
            "targetReturn": self.facts(self.least_variance(target)),
            "targetVolatility": self.facts(self.most_return(volatility)),
            "maxDiversification": self.facts(self.best_ratio(np.sqrt(np.diag(SIGMA)), 0, cost=0)),
            "minCvar": self.least_cvar(),
            "frontier": [{"return": point["return"], "volatility": point["volatility"]} for point in points],
        }


def risk_budgets(budgets):
    """Spinu's convex problem."""
    w = cp.Variable(len(STOCKS))
    cp.Problem(cp.Minimize(cp.sum_squares(ROOT.T @ w) / 2 - budgets @ cp.log(w))).solve(**TIGHT)
    return w.value / w.value.sum()


def critical_line():
    cla = CLA(pd.Series(MU, STOCKS), pd.DataFrame(SIGMA, STOCKS, STOCKS), weight_bounds=(0, 0.15))
    cla._solve()
    corners = [np.ravel(each) for each in cla.w]
    return [{"return": MU @ w, "volatility": np.sqrt(w @ SIGMA @ w)} for w in corners]


def plain(value):
    return value.tolist() if isinstance(value, np.ndarray) else float(value)


ROOT = np.linalg.cholesky(SIGMA)
tech, oil, drugs = ("AAPL", "AMD", "MSFT"), ("CVX", "RRC", "XOM"), ("JNJ", "LLY", "MRK", "PFE")
cases = {
    "long only": Case(),
    "at most a tenth each": Case(high=0.1),
    "long and short": Case(low=-0.3, high=0.3),
    "groups": Case(groups=(("tech", tech, None, 0.2), ("oil", oil, 0.1, None), ("drugs", drugs, 0.1, 0.25))),
    "turnover": Case(turnover=0.6),
    "costs": Case(cost=0.02),
    "groups, turnover and costs, long and short": Case(
        low=-0.2, high=0.2, groups=(("tech", tech, 0.1, 0.2), ("oil", oil, 0.05, 0.1)), turnover=0.8, cost=0.01
    ),
}
budgets = np.where(np.array(STOCKS) == "AAPL", 0.24, 0.04)
hrp = HRPOpt(own).optimize()
values = {
    "versions": {name: version(name) for name in ("numpy", "pandas", "scikit-learn", "pyportfolioopt", "skfolio", "cvxpy", "clarabel", "highspy")},
    "window": {"from": FROM, "to": TO, "riskFreeRate": RATE},
    "symbols": STOCKS,
    "estimates": estimates(),
    "hrp": np.array([hrp[name] for name in STOCKS]),
    "riskParity": risk_budgets(np.full(len(STOCKS), 1 / len(STOCKS))),
    "riskBudget": {"symbol": "AAPL", "share": 0.24, "weights": risk_budgets(budgets / budgets.sum())},
    "criticalLine": {"maxWeight": 0.15, "corners": critical_line()},
    "cases": {name: case.values() for name, case in cases.items()},
}
(HERE / "values.json").write_text(json.dumps(values, separators=(",", ":"), allow_nan=False, default=plain) + "\n")
