"""The efficient frontier of one long-only problem with an upper bound, at given returns: cvxpy point by point, OSQP itself, and two critical lines.

Reads a file of float64: expected returns, then the covariance row by row; then the number of assets and the upper bound. Tasks answer with variances.
"""

import sys
import warnings

import cvxpy as cp
import numpy as np
from scipy import sparse

from side import serve

warnings.filterwarnings("ignore")
n, most = int(sys.argv[2]), float(sys.argv[3])
raw = np.fromfile(sys.argv[1])
mu, sigma = raw[:n], raw[n:].reshape(n, n)


def cvxpy_points(targets, **options):
    variances = []
    for target in targets:
        w = cp.Variable(n)
        rules = [cp.sum(w) == 1, w >= 0, w <= most, mu @ w >= target]
        problem = cp.Problem(cp.Minimize(cp.quad_form(w, sigma)), rules)
        problem.solve(**options)
        variances.append(problem.value)
    return variances


def osqp_points(targets):
    """As one would by hand: one set-up, then the bound on the return is moved and each point starts at the last."""
    import osqp

    rows = sparse.csc_matrix(np.vstack([np.ones(n), mu, np.eye(n)]))
    low, high = np.concatenate([[1, targets[0]], np.zeros(n)]), np.concatenate([[1, np.inf], np.full(n, most)])
    solver = osqp.OSQP()
    quadratic = sparse.csc_matrix(np.triu(sigma))
    solver.setup(quadratic, np.zeros(n), rows, low, high, verbose=False, eps_abs=1e-7, eps_rel=1e-7, max_iter=100_000)
    variances = []
    for target in targets:
        low[1] = target
        solver.update(l=low)
        w = solver.solve().x
        variances.append(float(w @ sigma @ w))
    return variances


def between(corners, targets):
    """Variances at returns, between corner portfolios (rows, from most return to least)."""
    corners = np.array(corners)[::-1]
    returns = corners @ mu
    next_ = np.clip(np.searchsorted(returns, targets), 1, len(returns) - 1)
    share = (np.array(targets) - returns[next_ - 1]) / (returns[next_] - returns[next_ - 1])
    weights = corners[next_ - 1] + share[:, None] * (corners[next_] - corners[next_ - 1])
    return np.einsum("pi,ij,pj->p", weights, sigma, weights).tolist()


def pypfopt_line(targets):
    from pypfopt import CLA

    line = CLA(mu, sigma, weight_bounds=(0, most))
    line._solve()
    # Its first corners may repeat: only those that fall in return.
    corners = [np.ravel(w) for w in line.w]
    kept = [corners[0]] + [b for a, b in zip(corners, corners[1:]) if b @ mu < a @ mu - 1e-13]
    return between(kept, targets)


def cvxcla_line(targets):
    from cvxcla import CLA

    line = CLA(
        mean=mu, covariance=sigma, lower_bounds=np.zeros(n), upper_bounds=np.full(n, most), a=np.ones((1, n)), b=np.ones(1)
    )
    corners = [point.weights for point in line.turning_points]
    kept = [corners[0]] + [b for a, b in zip(corners, corners[1:]) if b @ mu < a @ mu - 1e-13]
    return between(kept, targets)


tight = dict(solver=cp.CLARABEL, tol_gap_abs=1e-12, tol_gap_rel=1e-12, tol_feas=1e-12)
serve(
    {
        "cvxpy": cvxpy_points,
        "cvxpy-clarabel": lambda targets: cvxpy_points(targets, solver=cp.CLARABEL),
        "reference": lambda targets: cvxpy_points(targets, **tight),
        "osqp": osqp_points,
        "pypfopt": pypfopt_line,
        "cvxcla": cvxcla_line,
    }
)
