import { GrowingFactor } from '../quadratic/growing-factor';
import { inner, times, volatilitiesOf } from '../matrix';

/** Standard deviation of equal parts of assets of deviation 1: below it, rounding. */
const negligible = 1e-7;

/** Weights of the risk budget; an asset without a share of the risk has no weight. */
export function riskBudget(covariance: Float64Array, budgets: Float64Array): Float64Array | undefined {
  const n = budgets.length;
  const inside = Array.from({ length: n }, (_, i) => i).filter((i) => budgets[i]! > 0);
  const among = Float64Array.from(inside.flatMap((i) => inside.map((j) => covariance[i * n + j]!)));
  const found = positiveBudget(
    among,
    Float64Array.from(inside, (i) => budgets[i]!),
  );
  return found && budgets.map((_, i) => found[inside.indexOf(i)] ?? 0);
}

/**
 * Long-only weights whose shares of the variance are the budgets (sum 1, all positive): the minimum of x'Cx / 2 - sum of b log x, scaled to
 * sum 1 (Spinu 2013, "An algorithm for computing risk parity weights": damped Newton, which converges from anywhere, then full steps).
 * On the correlation matrix C, so that volatilities far apart cost no digits. Undefined where some mix of the assets does not vary: there is no minimum.
 */
function positiveBudget(covariance: Float64Array, budgets: Float64Array): Float64Array | undefined {
  const n = budgets.length;
  const deviation = volatilitiesOf(covariance);
  const correlation = covariance.map((each, at) => each / (deviation[Math.floor(at / n)]! * deviation[at % n]!));
  const level = Math.sqrt(correlation.reduce((total, each) => total + each, 0));
  if (!(level > negligible)) return undefined;
  const x = budgets.map(() => 1 / level);
  let converged = false;
  for (let step = 0; step < 200 && !converged; step++) {
    const risk = times(correlation, x);
    const gradient = risk.map((each, i) => each - budgets[i]! / x[i]!);
    const move = newtonStep(correlation, x, budgets, gradient);
    if (!move) return undefined;
    const decrease = Math.sqrt(Math.max(0, inner(move, gradient)));
    const relative = Math.max(...move.map((each, i) => Math.abs(each / x[i]!)));
    const damping =
      relative < 0.5 ? 1 : Math.min(1 / (1 + relative), 1 / (1 + decrease / Math.sqrt(Math.min(...budgets))));
    for (let i = 0; i < n; i++) x[i]! -= damping * move[i]!;
    converged = relative < 1e-9; // The error after a step is the square of the one before.
  }
  if (!converged) return undefined;
  const weights = x.map((each, i) => each / deviation[i]!);
  const total = weights.reduce((sum, each) => sum + each, 0);
  return weights.map((each) => each / total);
}

function newtonStep(
  matrix: Float64Array,
  x: Float64Array,
  budgets: Float64Array,
  gradient: Float64Array,
): Float64Array | undefined {
  const n = x.length;
  const factor = new GrowingFactor(n);
  for (let i = 0; i < n; i++) {
    const curvature = matrix[i * n + i]! + budgets[i]! / (x[i]! * x[i]!);
    if (!factor.append(matrix.subarray(i * n, i * n + i), curvature, [])) return undefined;
  }
  const step = gradient.slice();
  factor.forward(step);
  factor.backward(step);
  return step;
}
