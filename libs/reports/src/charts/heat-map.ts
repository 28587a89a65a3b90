import { ratioText } from '../format';
import { isNarrow, roomFor, type Chart, type Shape } from './drawing';

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

function draw(symbols: readonly string[], matrix: Matrix, width: number) {
  const left = Math.max(...symbols.map((symbol) => roomFor(symbol))) + 12;
  const cell = Math.min(largestCell, (width - left) / symbols.length);
  const side = symbols.length * cell;
  const bottomRoom = left + 4;
  const size = Math.min(12, cell * 0.34);
  /** Where digits would be too small to read, colour and hover say it. */
  const written = size >= (isNarrow(width) ? 8 : 7);
  const square = (value: number | null, row: number, column: number): Shape[] => {
    const [x, y] = [left + column * cell, row * cell];
    const text = value === null ? '\u2013' : ratioText(value);
    const hint = `${symbols[row]} and ${symbols[column]}: ${text}`;
    const box = { kind: 'box', x, y, width: cell - 1.5, height: cell - 1.5, radius: 2, hint } as const;
    const tone = value === null ? 'rule' : value < 0 ? 'negative' : 'positive';
    const opacity = value === null ? 0.5 : 0.04 + Math.abs(value) * 0.68;
    const label: Shape = { kind: 'text', at: [x + cell / 2 - 0.75, y + cell / 2 + size * 0.3], text, tone: 'ink', anchor: 'middle', size }; // prettier-ignore
    return written ? [{ ...box, tone, opacity }, label] : [{ ...box, tone, opacity }];
  };
  const names = symbols.flatMap((symbol, i): Shape[] => [
    { kind: 'text', at: [left - 8, i * cell + cell / 2 + 3], text: symbol, tone: 'muted', anchor: 'end' },
    { kind: 'text', at: [left + i * cell + cell / 2 + 3, side + 8], text: symbol, tone: 'muted', anchor: 'end', upwards: true }, // prettier-ignore
  ]);
  const squares = symbols.flatMap((_, row) => symbols.flatMap((__, column) => square(matrix[row]?.[column] ?? null, row, column))); // prettier-ignore
  return { width, height: Math.ceil(side + bottomRoom), shapes: [...squares, ...names] };
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
