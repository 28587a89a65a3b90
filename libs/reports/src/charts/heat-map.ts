import { ratioText } from '../format';
import { isNarrow, roomFor, textAt, type Chart, type Drawing, type Point, type Shape, type Tone } from './drawing';

type Matrix = readonly (readonly (number | null)[])[];

/** Correlations as a coloured grid: the stronger, the fuller the colour; one colour for positive, one for negative. */
export const heatMap = (symbols: readonly string[], matrix: Matrix): Chart => ({
  id: 'correlation',
  title: "Correlation of the holdings' returns",
  description: describe(symbols, matrix),
  legend: [
    { tone: 'positive', text: 'move together' },
    { tone: 'negative', text: 'move against each other' },
  ],
  draw: (width) => draw(symbols, matrix, width),
});

/** Cells grow no larger than this, so that a pair of holdings does not fill a page. */
const largestCell = 48;

function draw(symbols: readonly string[], matrix: Matrix, width: number): Drawing {
  const left = Math.max(...symbols.map((symbol) => roomFor(symbol))) + 12;
  const cell = Math.min(largestCell, (width - left) / symbols.length);
  const side = symbols.length * cell;
  const size = Math.min(12, cell * 0.34);
  /** Where digits would be too small to read, colour and hover say it. */
  const written = size >= (isNarrow(width) ? 8 : 7);
  const square = (value: number | null, row: number, column: number): Shape[] => {
    const [x, y] = [left + column * cell, row * cell];
    const text = value === null ? '\u2013' : ratioText(value);
    const hint = `${symbols[row]} and ${symbols[column]}: ${text}`;
    const middle: Point = [x + cell / 2 - 0.75, y + cell / 2 + size * 0.3];
    const label = textAt(middle, text, 'ink', { anchor: 'middle', size });
    const extent = { width: cell - 1.5, height: cell - 1.5, radius: 2 };
    return [{ kind: 'box', x, y, ...extent, ...colourOf(value), hint }, ...(written ? [label] : [])];
  };
  const names = symbols.flatMap((symbol, i) => {
    const middle = i * cell + cell / 2 + 3;
    return [
      textAt([left - 8, middle], symbol, 'muted', { anchor: 'end' }),
      textAt([left + middle, side + 8], symbol, 'muted', { anchor: 'end', upwards: true }),
    ];
  });
  const squares = symbols.flatMap((_, i) => symbols.flatMap((__, j) => square(matrix[i]?.[j] ?? null, i, j)));
  return { width, height: Math.ceil(side + left + 4), shapes: [...squares, ...names] };
}

function colourOf(value: number | null): { tone: Tone; opacity: number } {
  if (value === null) return { tone: 'rule', opacity: 0.5 };
  return { tone: value < 0 ? 'negative' : 'positive', opacity: 0.04 + Math.abs(value) * 0.68 };
}

/** The strongest and the weakest pair, for those who cannot see the colours. */
export function describe(symbols: readonly string[], matrix: Matrix): string {
  const pairs = matrix
    .flatMap((row, i) => row.slice(0, i).map((value, j) => ({ names: `${symbols[j]} and ${symbols[i]}`, value })))
    .filter((pair): pair is { names: string; value: number } => pair.value !== null)
    .sort((a, b) => b.value - a.value);
  const [strongest, weakest] = [pairs[0], pairs.at(-1)];
  if (!strongest || !weakest) return 'There is no pair of holdings with a correlation.';
  if (pairs.length === 1) return `${strongest.names} correlate at ${ratioText(strongest.value)}.`;
  return `Closest are ${strongest.names} at ${ratioText(strongest.value)}, furthest apart ${weakest.names} at ${ratioText(weakest.value)}.`;
}
