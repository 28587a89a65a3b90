import { isNegligible, mean, type Sample } from './moments';

/** Deviations from the mean scaled to length 1, so that a correlation is one dot product; undefined for what does not vary. */
function standardised(values: Sample): Float64Array | undefined {
  const centre = mean(values);
  const deviations = new Float64Array(values.length);
  let squares = 0;
  for (let i = 0; i < deviations.length; i++) {
    const deviation = values[i]! - centre;
    deviations[i] = deviation;
    squares += deviation * deviation;
  }
  const length = Math.sqrt(squares);
  if (isNegligible(length / Math.sqrt(Math.max(values.length - 1, 1)))) return undefined;
  for (let i = 0; i < deviations.length; i++) deviations[i] = deviations[i]! / length;
  return deviations;
}

/** Four independent sums: the additions do not wait for each other, and rounding stays small. */
function dot(x: Float64Array, y: Float64Array): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const whole = x.length - (x.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a += x[i]! * y[i]!;
    b += x[i + 1]! * y[i + 1]!;
    c += x[i + 2]! * y[i + 2]!;
    d += x[i + 3]! * y[i + 3]!;
  }
  for (let i = whole; i < x.length; i++) a += x[i]! * y[i]!;
  return a + b + (c + d);
}

/** Pearson correlation of every pair of series of equal length; null where one of the two does not vary. */
export function correlationMatrix(series: readonly Sample[]): (number | null)[][] {
  const scaled = series.map(standardised);
  const matrix = series.map(() => new Array<number | null>(series.length).fill(null));
  for (let row = 0; row < series.length; row++) {
    const x = scaled[row];
    if (!x) continue;
    matrix[row]![row] = 1;
    for (let column = 0; column < row; column++) {
      const y = scaled[column];
      if (!y) continue;
      const value = Math.max(-1, Math.min(1, dot(x, y)));
      matrix[row]![column] = value;
      matrix[column]![row] = value;
    }
  }
  return matrix;
}
