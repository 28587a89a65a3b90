import { light } from '../charts/palette';
import type { Block, KeyFigure, Section, Table, Term } from '../document/report-document';
import { chartHeight, writeChart } from './charts';
import type { Sheet } from './sheet';
import { leastTableHeight, tableHeight, writeTable } from './tables';

const heading = { size: 13, bold: true } as const;
const note = { size: 8.5, colour: 'muted' } as const;
const plain = { size: 9 } as const;

export function writeSection(sheet: Sheet, { title, note: text, blocks }: Section): void {
  if (sheet.y > 60) sheet.y += 14;
  const noteHeight = text === undefined ? 0 : sheet.linesOf(text, sheet.width, note).length * sheet.lineHeight(note);
  const first = blocks[0];
  sheet.need(
    Math.min(sheet.lineHeight(heading) + noteHeight + 12 + (first ? leastHeight(sheet, first) : 0), sheet.pageRoom),
  );
  sheet.pdf.outline.addItem(title);
  sheet.paragraph(title, heading, 'H2', 3);
  if (text !== undefined) sheet.paragraph(text, note, 'P', 6);
  for (const block of blocks) writeBlock(sheet, block);
}

/** Of the part of a block that has to stay with its heading. */
function leastHeight(sheet: Sheet, block: Block): number {
  switch (block.kind) {
    case 'chart':
      return chartHeight(sheet, block.chart);
    case 'table':
      return leastTableHeight(sheet, block.table);
    case 'tables beside each other':
      return Math.max(...block.tables.map((table) => tableHeight(sheet, table, halfOf(sheet))));
    default:
      return 60;
  }
}

function writeBlock(sheet: Sheet, block: Block): void {
  switch (block.kind) {
    case 'key figures':
      return writeKeyFigures(sheet, block.figures);
    case 'chart':
      return writeExplainedChart(sheet, block);
    case 'table':
      return writeTable(sheet, block.table);
    case 'tables beside each other':
      return writePair(sheet, block.tables);
    case 'sentences':
      for (const sentence of block.sentences) sheet.paragraph(sentence, plain, 'P', 2);
      sheet.y += 6;
      return;
    case 'warnings':
      for (const { message, path } of block.warnings) sheet.paragraph(`${message} (${path})`, plain, 'P', 3);
      if (block.more > 0) sheet.paragraph(`and ${block.more} more, all in the JSON report`, plain);
      return;
    case 'terms':
      for (const term of block.terms) writeTerm(sheet, term);
  }
}

/** The picture itself leads to the definition of what it shows. */
function writeExplainedChart(sheet: Sheet, { chart, terms }: Extract<Block, { kind: 'chart' }>): void {
  sheet.need(chartHeight(sheet, chart));
  const top = sheet.y;
  writeChart(sheet, chart);
  sheet.link(terms.find(Boolean), sheet.left, top, sheet.width, sheet.y - top);
}

const perLine = 4;
const figureHeight = 50;

function writeKeyFigures(sheet: Sheet, figures: readonly KeyFigure[]): void {
  const width = sheet.width / perLine;
  for (let start = 0; start < figures.length; start += perLine) {
    sheet.need(figureHeight);
    figures.slice(start, start + perLine).forEach(({ name, cell, below, term }, i) => {
      const [x, y] = [sheet.left + i * width, sheet.y];
      sheet.ornament(() => sheet.pdf.rect(x, y, width, figureHeight).lineWidth(0.5).stroke(light.rule));
      sheet.fill(sheet.element('P'), () => {
        sheet.write(name, x + 8, y + 7, { size: 7.5, colour: 'muted' });
        sheet.write(cell.text, x + 8, y + 17, { size: 14, bold: true });
        const [line = ''] = sheet.linesOf(below, width - 12, { size: 7 });
        sheet.write(line, x + 8, y + 35, { size: 7, colour: 'muted' });
      });
      sheet.link(term, x, y, width, figureHeight);
    });
    sheet.y += figureHeight;
  }
  sheet.y += 10;
}

const gap = 22;
const halfOf = (sheet: Sheet): number => (sheet.width - gap) / 2;

/** Beside each other where they fit on one page, else one after the other. */
function writePair(sheet: Sheet, tables: readonly Table[]): void {
  const tallest = Math.max(...tables.map((table) => tableHeight(sheet, table, halfOf(sheet))));
  if (tables.length !== 2 || tallest > sheet.pageRoom) return tables.forEach((table) => writeTable(sheet, table));
  sheet.need(tallest);
  const top = sheet.y;
  const ends = tables.map((table, i) => {
    sheet.y = top;
    writeTable(sheet, table, sheet.left + i * (halfOf(sheet) + gap), halfOf(sheet));
    return sheet.y;
  });
  sheet.y = Math.max(...ends);
}

const nameWidth = 128;

/** Name to the left, definition to the right; links lead here. */
function writeTerm(sheet: Sheet, { id, name, text }: Term): void {
  const letters = { size: 8, colour: 'muted' } as const;
  const bold = { size: 8, bold: true } as const;
  const names = sheet.linesOf(name, nameWidth - 10, bold);
  const lines = sheet.linesOf(text, sheet.width - nameWidth, letters);
  const height = Math.max(names.length, lines.length) * sheet.lineHeight(letters) + 4;
  sheet.need(Math.min(height, sheet.pageRoom));
  sheet.pdf.addNamedDestination(id, 'XYZ', sheet.left, sheet.y - 4, null);
  sheet.fill(sheet.element('P'), () => {
    sheet.writeLines(names, sheet.left, sheet.y, bold);
    sheet.writeLines(lines, sheet.left + nameWidth, sheet.y, letters);
  });
  sheet.y += height;
}
