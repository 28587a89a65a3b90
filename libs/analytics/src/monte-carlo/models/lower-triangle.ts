import { mean, type Sample } from '../../statistics/moments';

/** What is left of a variance after the assets before explain it, below this share, is rounding. */
const explained = 1e-12;

/** Sample covariances (ddof 1) of series of equal length; only the lower triangle. */
export function lowerCovariances(series: readonly Sample[]): number[][] {
  const centred = series.map((values) => {
    const centre = mean(values);
    return Float64Array.from(values, (value) => value - centre);
  });
  return centred.map((row, i) =>
    centred.slice(0, i + 1).map((column) => {
      let total = 0;
      for (let t = 0; t < row.length; t++) total += row[t]! * column[t]!;
      return total / (row.length - 1);
    }),
  );
}

/**
 * Cholesky's L with L L' = covariance. Semi-definite ones have one too: an asset that those before it explain wholly gets a zero on
 * the diagonal, so that equal assets stay equal on every path.
 */
export function lowerTriangle(covariance: readonly (readonly number[])[]): number[][] {
  const lower: number[][] = [];
  covariance.forEach((row, i) => {
    const made: number[] = [];
    for (let j = 0; j <= i; j++) {
      const above = j === i ? made : lower[j]!;
      let rest = row[j]!;
      for (let k = 0; k < j; k++) rest -= made[k]! * above[k]!;
      if (j === i) made.push(rest > explained * row[i]! ? Math.sqrt(rest) : 0);
      else made.push(above[j]! > 0 ? rest / above[j]! : 0);
    }
    lower.push(made);
  });
  return lower;
}
