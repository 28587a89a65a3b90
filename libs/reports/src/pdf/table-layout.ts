import type { Cell, Table } from '../document/report-document';
import type { Letters, Sheet } from './sheet';

export interface LaidOut {
  letters: Letters;
  widths: readonly number[];
  head: readonly (readonly string[])[];
  headHeight: number;
  rows: readonly { lines: readonly (readonly string[])[]; height: number }[];
  height: number;
}

const padding = { across: 9, down: 5.5 };
/** Widths are sums of fractions: a word as wide as its column shall fit. */
const rounding = 0.05;
const asideScale = 0.85;
const leastForWords = 76;

/** Columns of figures are as wide as what is in them; names and words share the rest and are broken into lines. */
export function layOut(sheet: Sheet, table: Table, width: number): LaidOut {
  const sizes = table.dense ? [7.5, 7, 6.5, 6, 5.5, 5] : [8.5, 8, 7.5, 7, 6.5, 6];
  const tried = sizes.map((size) => ({ size, ...columnWidths(sheet, table, width, size) }));
  const { size, widths } = tried.find(({ fits }) => fits) ?? tried.at(-1)!;
  const letters: Letters = { size };
  const inner = (i: number) => Math.max(10, widths[i]! - padding.across + rounding);
  const lineHeight = sheet.lineHeight(letters);
  const head = table.columns.map(({ name }, i) => sheet.linesOf(name, inner(i), headLetters(size)));
  const rows = table.rows.map((row) => {
    const name = sheet.linesOf(row.name, inner(0), { size, bold: Boolean(table.ofSymbols) });
    const cells = row.cells.map(({ text }, i) =>
      table.columns[i + 1]?.words ? sheet.linesOf(text, inner(i + 1), letters) : [text],
    );
    const asides = row.cells.some(({ aside }) => aside !== undefined) ? lineHeight * asideScale : 0;
    const tallest = Math.max(...[name, ...cells].map((lines) => lines.length));
    return { lines: [name, ...cells], height: Math.max(tallest * lineHeight, lineHeight + asides) + padding.down };
  });
  const headHeight = headless(table) ? 0 : Math.max(...head.map((lines) => lines.length)) * lineHeight + padding.down;
  const height = headHeight + rows.reduce((sum, row) => sum + row.height, 0);
  return { letters, widths, head, headHeight, rows, height };
}

export const headLetters = (size: number): Letters => ({ size: size * 0.92, colour: 'muted' });

/** Two columns under a caption need no heading. */
export const headless = ({ columns, captioned, ofSymbols }: Table): boolean =>
  columns.length === 2 && captioned === true && !ofSymbols && !columns[1]!.words;

function columnWidths(sheet: Sheet, { columns, rows, ofSymbols }: Table, width: number, size: number) {
  const cellWidth = ({ text, aside }: Cell) =>
    Math.max(
      sheet.widthOf(text, { size }),
      aside === undefined ? 0 : sheet.widthOf(aside, { size: size * asideScale }),
    );
  const longestWord = (text: string) =>
    Math.max(...text.split(' ').map((word) => sheet.widthOf(word, headLetters(size))));
  const natural = columns.map(({ name }, i) => {
    const cells = rows.map((row) =>
      i === 0
        ? sheet.widthOf(row.name, { size, bold: Boolean(ofSymbols) })
        : row.cells[i - 1]
          ? cellWidth(row.cells[i - 1]!)
          : 0,
    );
    return Math.max(longestWord(name), ...cells) + padding.across;
  });
  const flexible = (i: number) => i === 0 || columns[i]!.words === true;
  const rigid = natural.reduce((sum, each, i) => (flexible(i) ? sum : sum + each), 0);
  const wanted = natural.reduce((sum, each, i) => (flexible(i) ? sum + each : sum), 0);
  const left = width - rigid;
  if (wanted > left) {
    const least = (i: number) => Math.min(natural[i]!, leastForWords);
    const spare = left - natural.reduce((sum, _, i) => (flexible(i) ? sum + least(i) : sum), 0);
    const beyond = natural.reduce((sum, each, i) => (flexible(i) ? sum + each - least(i) : sum), 0);
    const share = (i: number) => least(i) + (beyond > 0 ? (Math.max(0, spare) * (natural[i]! - least(i))) / beyond : 0);
    return { widths: natural.map((each, i) => (flexible(i) ? share(i) : each)), fits: spare >= 0 };
  }
  const extra = (left - wanted) / columns.length;
  return { widths: natural.map((each) => each + extra), fits: true };
}
