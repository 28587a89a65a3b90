import { figuresMeant, statesMeant } from './metric-terms';
import type { SymbolMentions } from './symbol-mentions';

/** What a text says a number is: of which symbols, and which figure. What it does not say is not held against it. */
export interface Claim {
  readonly symbols: ReadonlySet<string> | undefined;
  /** Paths of figures: all must match. */
  readonly figures: readonly RegExp[];
  /** Of a table: which state of the figure its column has. */
  readonly states?: readonly RegExp[];
}

const headerLines = 40;
/** A table's row so far, up to the number. */
const isRow = (line: string): boolean => line.trimStart().startsWith('|');
const cellsOf = (line: string): string[] => line.trim().replace(/^\||\|$/g, '').split('|'); // prettier-ignore

/** `before`: the answer up to the number; `after`: the rest of its clause. */
export function claimOf(before: string, after: string, mentions: SymbolMentions): Claim {
  const lines = before.split('\n');
  const line = lines.at(-1) ?? '';
  if (isRow(line)) return claimOfCell(lines, mentions);
  const sentence = line.slice(Math.max(line.lastIndexOf('. '), line.lastIndexOf('! '), line.lastIndexOf('? ')) + 1);
  const symbols = mentions.last(line) ?? mentions.first(after) ?? headOf(lines, mentions);
  return { symbols, figures: figuresMeant(sentence, after) };
}

/** The heads of its column and row say what a cell is. */
function claimOfCell(lines: readonly string[], mentions: SymbolMentions): Claim {
  const line = lines.at(-1) ?? '';
  let top = lines.length - 1;
  while (top > 0 && isRow(lines[top - 1] ?? '')) top -= 1;
  const cells = cellsOf(line);
  const column = line.split('|').length - 2;
  const head = cellsOf(lines[top] ?? '')[column] ?? '';
  const label = column === 0 ? line : (cells[0] ?? '');
  const symbols = mentions.last(head) ?? mentions.last(label) ?? headOf(lines.slice(0, top + 1), mentions);
  const byLabel = figuresMeant(label, '');
  const figures = byLabel.length > 0 ? byLabel : figuresMeant(head, '');
  return { symbols, figures, ...(column > 0 && { states: statesMeant(head) }) };
}

/** Lines of a list stand under the nearest line before them that names something, within their paragraph or as its head. */
function headOf(lines: readonly string[], mentions: SymbolMentions): ReadonlySet<string> | undefined {
  for (const line of lines.slice(0, -1).slice(-headerLines).reverse()) {
    const named = isRow(line) ? undefined : mentions.last(line);
    if (named && /^\s*(?:\*\*|#)|:\**\s*$/.test(line)) return named;
    if (line.trim() === '') return undefined;
  }
  return undefined;
}
