import { backSubstitute, type LeastSquares } from './least-squares';

/** Lags from the number of observations, floor(4 (n/100)^(2/9)): the rule of Newey and West (1994) for the Bartlett kernel. */
export const neweyWestLags = (observations: number): number => Math.floor(4 * (observations / 100) ** (2 / 9));

/**
 * Standard errors of least-squares coefficients that hold with heteroskedastic and autocorrelated residuals (Newey and West 1987):
 * (X'X)^-1 S (X'X)^-1, S = sum over lags l of (1 - l/(L+1)) (G_l + G_l'), G_l = sum of x_t e_t e_(t-l) x_(t-l)'; without a
 * correction for small samples. In the basis Q of X = QR it is R^-1 S_q R^-T, so that X'X is never formed.
 */
export function neweyWestErrors({ q, r, residuals }: LeastSquares, lags: number): number[] {
  const scores = q.map((direction) => residuals.map((residual, t) => residual * direction[t]!));
  const kernel = scores.map((left) => scores.map((right) => weighedProducts(left, right, lags)));
  // The variance of coefficient i is v S_q v' with v the i-th row of R^-1.
  const inverse = q.map((_, j) =>
    backSubstitute(
      r,
      q.map((_one, i) => (i === j ? 1 : 0)),
    ),
  );
  return q.map((_, i) => {
    const row = inverse.map((column) => column[i]!);
    const variance = row.reduce(
      (total, left, a) => total + left * row.reduce((sum, right, b) => sum + kernel[a]![b]! * right, 0),
      0,
    );
    return Math.sqrt(Math.max(variance, 0));
  });
}

function weighedProducts(left: Float64Array, right: Float64Array, lags: number): number {
  let total = 0;
  for (let lag = 0; lag <= Math.min(lags, left.length - 1); lag++) {
    let products = 0;
    for (let t = lag; t < left.length; t++)
      products += lag === 0 ? left[t]! * right[t]! : left[t]! * right[t - lag]! + left[t - lag]! * right[t]!;
    total += (1 - lag / (lags + 1)) * products;
  }
  return total;
}
