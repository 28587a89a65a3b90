import { light } from '../charts/palette';
import type { Cell, Table } from '../document/report-document';
import type { Sheet } from './sheet';
import { headless, headLetters, layOut, type LaidOut } from './table-layout';

const captionLetters = { size: 9, bold: true } as const;
const noteLetters = { size: 7.5, colour: 'muted' } as const;
const captionHeight = 16;
/** Of a larger table each row is one element: a cell of its own for every figure would be most of the file. */
const mostCellsTagged = 300;
const leastRows = 4;

export function tableHeight(sheet: Sheet, table: Table, width = sheet.width): number {
  const { height } = layOut(sheet, table, width);
  const note =
    table.note === undefined
      ? 0
      : sheet.linesOf(table.note, width, noteLetters).length * sheet.lineHeight(noteLetters) + 4;
  return height + (table.captioned ? captionHeight : 0) + note + 12;
}

/** A table of up to so much of a page is not broken. */
const unbrokenShare = 0.4;

/** Of the beginning that has to stay together. */
export function leastTableHeight(sheet: Sheet, table: Table): number {
  const { headHeight, rows, height } = layOut(sheet, table, sheet.width);
  const caption = table.captioned ? captionHeight : 0;
  if (height <= sheet.pageRoom * unbrokenShare) return height + caption;
  const first = rows.slice(0, leastRows).reduce((sum, { height }) => sum + height, 0);
  return headHeight + first + caption;
}

/** A table that goes on over pages, its heading again on each. */
export function writeTable(sheet: Sheet, table: Table, x = sheet.left, width = sheet.width): void {
  const laidOut = layOut(sheet, table, width);
  sheet.need(Math.min(leastTableHeight(sheet, table), sheet.pageRoom));
  const element = sheet.element('Table');
  if (table.captioned) {
    sheet.fill(sheet.element('Caption', element), () => sheet.write(table.name, x, sheet.y, captionLetters));
    sheet.y += captionHeight;
  }
  writeHead(sheet, element, table, laidOut, x);
  table.rows.forEach((_, i) => {
    const { height } = laidOut.rows[i]!;
    if (height > sheet.room) {
      sheet.turn();
      writeHead(sheet, undefined, table, laidOut, x);
    }
    writeRow(sheet, element, table, laidOut, x, i);
    sheet.y += height;
  });
  element.end();
  if (table.note !== undefined) writeNote(sheet, table.note, x, width);
  sheet.y += 12;
}

function writeNote(sheet: Sheet, note: string, x: number, width: number): void {
  const lines = sheet.linesOf(note, width, noteLetters);
  sheet.need(lines.length * sheet.lineHeight(noteLetters) + 4);
  sheet.fill(sheet.element('P'), () => sheet.writeLines(lines, x, sheet.y + 4, noteLetters));
  sheet.y += lines.length * sheet.lineHeight(noteLetters) + 4;
}

type Element = ReturnType<Sheet['element']>;

/** Without a parent it is a repetition, which screen readers pass over. */
function writeHead(sheet: Sheet, parent: Element | undefined, table: Table, laidOut: LaidOut, x: number): void {
  if (headless(table)) return;
  const letters = headLetters(laidOut.letters.size);
  const line = parent && sheet.element('TR', parent);
  let at = x;
  table.columns.forEach(({ term, words }, i) => {
    const lines = laidOut.head[i]!;
    const width = laidOut.widths[i]!;
    const y = sheet.y + laidOut.headHeight - 5 - lines.length * sheet.lineHeight(letters);
    const left = at;
    const draw = () => {
      lines.forEach((text, k) => {
        const own = i === 0 || words ? left + (i === 0 ? 0 : 9) : left + width - sheet.widthOf(text, letters);
        sheet.write(text, own, y + k * sheet.lineHeight(letters), letters);
      });
    };
    if (line) sheet.fill(sheet.element('TH', line), draw);
    else sheet.ornament(draw);
    if (line) sheet.link(term, left, y, width, lines.length * sheet.lineHeight(letters));
    at += width;
  });
  line?.end();
  sheet.y += laidOut.headHeight;
  rule(sheet, x, laidOut);
}

function rule(sheet: Sheet, x: number, { widths }: LaidOut): void {
  const width = widths.reduce((sum, each) => sum + each, 0);
  sheet.ornament(() =>
    sheet.pdf
      .moveTo(x, sheet.y - 1.5)
      .lineTo(x + width, sheet.y - 1.5)
      .lineWidth(0.5)
      .stroke(light.rule),
  );
}

function writeRow(sheet: Sheet, parent: Element, table: Table, laidOut: LaidOut, x: number, i: number): void {
  const { name, term, cells } = table.rows[i]!;
  const { lines, height } = laidOut.rows[i]!;
  const { letters, widths } = laidOut;
  const tagged = table.rows.length * table.columns.length <= mostCellsTagged;
  const top = sheet.y + 1.5;
  const writeName = () => sheet.writeLines(lines[0]!, x, top, { ...letters, bold: Boolean(table.ofSymbols) });
  const places = cells.map((_, k) => x + widths.slice(0, k + 1).reduce((sum, each) => sum + each, 0));
  const writeCell = (cell: Cell, k: number) =>
    drawCell(
      sheet,
      cell,
      {
        lines: lines[k + 1]!,
        left: places[k]!,
        width: widths[k + 1]!,
        top,
        height,
        words: table.columns[k + 1]?.words === true,
      },
      letters,
    );
  if (tagged) {
    const line = sheet.element('TR', parent);
    sheet.fill(sheet.element('TH', line), writeName);
    cells.forEach((cell, k) => sheet.fill(sheet.element('TD', line), () => writeCell(cell, k)));
    line.end();
  } else {
    sheet.fill(sheet.element('TR', parent), () => {
      writeName();
      cells.forEach(writeCell);
    });
  }
  sheet.link(term, x, top, Math.min(widths[0]!, sheet.widthOf(name, letters)), sheet.lineHeight(letters));
  sheet.y += height;
  rule(sheet, x, laidOut);
  sheet.y -= height;
}

interface Place {
  lines: readonly string[];
  left: number;
  width: number;
  top: number;
  height: number;
  words: boolean;
}

function drawCell(sheet: Sheet, { text, aside, missing, tint }: Cell, place: Place, letters: LaidOut['letters']): void {
  const { left, width, top, height } = place;
  const right = left + width;
  if (tint) {
    sheet.pdf
      .rect(left + 2, top - 3, width - 1, height - 0.5)
      .fillOpacity(Math.round(tint.strength * 27) / 50)
      .fill(light[tint.tone])
      .fillOpacity(1);
  }
  if (place.words) {
    sheet.writeLines(place.lines, left + 9, top, letters);
    return;
  }
  const colour = missing === undefined ? 'ink' : 'muted';
  sheet.write(text, right - sheet.widthOf(text, letters) - (tint ? 3 : 0), top, { ...letters, colour });
  if (aside === undefined) return;
  const small = { size: letters.size * 0.85, colour: 'muted' } as const;
  sheet.write(aside, right - sheet.widthOf(aside, small), top + sheet.lineHeight(letters), small);
}
