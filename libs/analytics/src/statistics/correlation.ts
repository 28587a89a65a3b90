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
  const inverse = 1 / length;
  for (let i = 0; i < deviations.length; i++) deviations[i]! *= inverse;
  return deviations;
}

/** Dot products of two rows with two others, in one pass over all four: each number is read once for two products. */
function dots(rows: readonly Float64Array[], i: number, j: number, write: (i: number, j: number, dot: number) => void) {
  const [a, b] = [rows[i]!, rows[i + 1] ?? rows[i]!];
  const [x, y] = [rows[j]!, rows[j + 1] ?? rows[j]!];
  let [ax, ay, bx, by] = [0, 0, 0, 0];
  for (let t = 0; t < a.length; t++) {
    const fromA = a[t]!;
    const fromB = b[t]!;
    const fromX = x[t]!;
    const fromY = y[t]!;
    ax += fromA * fromX;
    ay += fromA * fromY;
    bx += fromB * fromX;
    by += fromB * fromY;
  }
  write(i, j, ax);
  write(i, j + 1, ay);
  write(i + 1, j, bx);
  write(i + 1, j + 1, by);
}

/** Pearson correlation of every pair of series of equal length; null where one of the two does not vary. */
export function correlationMatrix(series: readonly Sample[]): (number | null)[][] {
  const standard = series.map(standardised);
  const matrix = series.map(() => new Array<number | null>(series.length).fill(null));
  const varying = series.flatMap((_, i) => (standard[i] ? [i] : []));
  const rows = varying.map((i) => standard[i]!);
  const write = (i: number, j: number, dot: number): void => {
    const [row, column] = [varying[i], varying[j]];
    if (row === undefined || column === undefined) return;
    const value = row === column ? 1 : Math.max(-1, Math.min(1, dot));
    matrix[row]![column] = value;
    matrix[column]![row] = value;
  };
  for (let i = 0; i < rows.length; i += 2) for (let j = 0; j <= i; j += 2) dots(rows, i, j, write);
  return matrix;
}
