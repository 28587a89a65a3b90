import { ratioText } from '../format';
import { markup, type Markup } from '../markup';

/** Correlations as a coloured grid: the stronger, the fuller the colour; one colour for positive, one for negative. */
export function heatMap(symbols: readonly string[], matrix: readonly (readonly (number | null)[])[]): Markup {
  const cell = symbols.length <= 12 ? 50 : 36;
  const longest = Math.max(...symbols.map((symbol) => symbol.length));
  const left = Math.max(44, longest * 7.4 + 10);
  const size = symbols.length * cell;
  const [width, height] = [Math.ceil(left + size + 1), Math.ceil(size + left + 1)];
  const square = (value: number | null, row: number, column: number) => {
    const [x, y] = [left + column * cell, row * cell];
    const strength = value === null ? 0 : Math.abs(value) * 0.72;
    const sign = value === null ? 'unknown' : value < 0 ? 'negative' : 'positive';
    const text = value === null ? 'n/a' : ratioText(value);
    return markup`<g><title>${symbols[row]} and ${symbols[column]}: ${text}</title><rect class="cell ${sign}" x="${x}" y="${y}" width="${cell - 2}" height="${cell - 2}" rx="3" style="--strength:${strength.toFixed(3)}"/><text class="value" x="${x + cell / 2 - 1}" y="${y + cell / 2 + 3}" text-anchor="middle">${text}</text></g>`;
  };
  const across = (symbol: string, column: number) => {
    const [x, y] = [left + column * cell + cell / 2 + 3, size + 10];
    return markup`<text x="${x}" y="${y}" text-anchor="end" transform="rotate(-90 ${x} ${y})">${symbol}</text>`;
  };
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Correlation heat map"><svg class="heat" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="heat-title heat-desc">
<title id="heat-title">Correlation of the holdings' returns</title>
<desc id="heat-desc">${describe(symbols, matrix)}</desc>
${symbols.map((symbol, row) => markup`<text x="${left - 8}" y="${row * cell + cell / 2 + 3}" text-anchor="end">${symbol}</text>${symbols.map((_, column) => square(matrix[row]?.[column] ?? null, row, column))}`)}
${symbols.map(across)}</svg></div>`;
}

/** The strongest and the weakest pair, for those who cannot see the colours. */
export function describe(symbols: readonly string[], matrix: readonly (readonly (number | null)[])[]): string {
  const pairs = matrix
    .flatMap((row, i) => row.slice(0, i).map((value, j) => ({ names: `${symbols[j]} and ${symbols[i]}`, value })))
    .filter((pair): pair is { names: string; value: number } => pair.value !== null)
    .sort((a, b) => b.value - a.value);
  const [strongest, weakest] = [pairs[0], pairs.at(-1)];
  if (!strongest || !weakest) return 'There is no pair of holdings with a correlation.';
  if (pairs.length === 1) return `${strongest.names} correlate at ${ratioText(strongest.value)}.`;
  return `Closest are ${strongest.names} at ${ratioText(strongest.value)}, furthest apart ${weakest.names} at ${ratioText(weakest.value)}.`;
}
