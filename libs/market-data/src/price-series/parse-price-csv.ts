import { setImmediate as nextTurn } from 'node:timers/promises';
import { Problem, type FieldFault } from '@stocktool/contracts';
import { z } from 'zod';
import { priceColumns, type PriceColumn } from '../daily-series';
import { cellsOf, linesOf, type Line } from './csv-lines';

const maxSeriesRows = 20_000;
const maxFaultsShown = 50;
/** Then the event loop gets its turn: a file takes long enough to hold up every other caller. */
const rowsPerTurn = 1000;

const columnNames = ['date', ...priceColumns] as const;
type ColumnName = (typeof columnNames)[number];

export interface ParsedSeries {
  dates: string[];
  columns: Partial<Record<PriceColumn, (number | null)[]>> & { close: number[] };
}

const isoDate = z.iso.date();
const decimal = /^(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i;

/**
 * Reads `date,close[,open,high,low,volume,adjClose]`, columns in any order, rows in any order of dates. Every fault
 * names its line and column. `close` and, when its column is there, `adjClose` are required in every row: a hole in
 * either would be a jump in the returns. The rest may be empty.
 */
export async function parsePriceCsv(text: string, latestDate: string): Promise<ParsedSeries> {
  const faults = new Faults();
  const [header, ...lines] = await readLines(text);
  if (!header) throw refused([{ path: '1', message: 'line 1: the header is missing, it is date,close[,…]' }]);
  const positions = readHeader(header, faults);
  if (lines.length === 0) faults.add(2, undefined, 'there is no row');
  faults.throwIfAny();

  const rows: Row[] = [];
  const width = cellsOf(header.text)!.length;
  for (const line of lines) {
    rows.push(readRow(line, positions, width, latestDate, faults));
    if (rows.length % rowsPerTurn === 0) await nextTurn();
    if (faults.enough) break;
  }
  faults.throwIfAny();
  rows.sort((a, b) => (a.date < b.date ? -1 : 1));
  rows.forEach((row, i) => {
    if (i > 0 && row.date === rows[i - 1]!.date) {
      faults.add(row.line, 'date', `${row.date} is on line ${rows[i - 1]!.line} too`);
    }
  });
  faults.throwIfAny();

  const columns: ParsedSeries['columns'] = { close: rows.map(({ values }) => values.close!) };
  for (const column of priceColumns) {
    if (column !== 'close' && positions.has(column)) columns[column] = rows.map(({ values }) => values[column] ?? null);
  }
  return { dates: rows.map(({ date }) => date), columns };
}

/** Before anything is taken apart: one pass that stops at the first fault. */
async function readLines(text: string): Promise<Line[]> {
  const lines: Line[] = [];
  for (const line of linesOf(text)) {
    const fault = lines.length > maxSeriesRows ? `more than ${maxSeriesRows} rows` : line.fault;
    if (fault !== undefined) throw refused([{ path: `${line.number}`, message: `line ${line.number}: ${fault}` }]);
    lines.push(line);
    if (lines.length % rowsPerTurn === 0) await nextTurn();
  }
  return lines;
}

function readHeader({ text, number }: Line, faults: Faults): Map<ColumnName, number> {
  const positions = new Map<ColumnName, number>();
  const cells = cellsOf(text);
  if (!cells) faults.add(number, undefined, badQuotes);
  cells?.forEach((cell, position) => {
    const name = columnNames.find((known) => known.toLowerCase() === cell.toLowerCase());
    if (!name) faults.add(number, cell || `${position + 1}`, `unknown column, known are ${columnNames.join(', ')}`);
    else if (positions.has(name)) faults.add(number, name, 'this column is there twice');
    else positions.set(name, position);
  });
  for (const required of ['date', 'close'] as const) {
    if (cells && !positions.has(required)) faults.add(number, required, 'this column is missing');
  }
  return positions;
}

interface Row {
  line: number;
  date: string;
  values: Partial<Record<PriceColumn, number>>;
}

function readRow(
  { number, text }: Line,
  positions: ReadonlyMap<ColumnName, number>,
  width: number,
  latestDate: string,
  faults: Faults,
): Row {
  const cells = cellsOf(text);
  if (cells?.length !== width) {
    faults.add(number, undefined, cells ? `${cells.length} cells, the header has ${width}` : badQuotes);
    return { line: number, date: '', values: {} };
  }
  const date = cells[positions.get('date')!]!;
  if (!isoDate.safeParse(date).success) faults.add(number, 'date', 'not a date such as 2024-01-31');
  else if (date > latestDate) faults.add(number, 'date', 'this date is in the future');
  const values: Row['values'] = {};
  for (const column of priceColumns) {
    const position = positions.get(column);
    if (position === undefined) continue;
    const cell = cells[position]!;
    const required = column === 'close' || column === 'adjClose';
    if (cell === '' && !required) continue;
    const value = decimal.test(cell) ? Number(cell) : Number.NaN;
    const enough = column === 'volume' ? value >= 0 : value > 0;
    if (enough && Number.isFinite(value)) values[column] = value;
    else
      faults.add(number, column, `must be a number ${column === 'volume' ? 'of 0 or more' : 'above 0'}, such as 12.5`);
  }
  if (values.high !== undefined && values.low !== undefined && values.high < values.low) {
    faults.add(number, 'high', 'the high is below the low');
  }
  return { line: number, date, values };
}

const badQuotes = 'a quote is not closed, or stands inside a cell';

/** Collects what is wrong, so that a user mends a file in one go. */
class Faults {
  private readonly found: FieldFault[] = [];

  get enough(): boolean {
    return this.found.length >= maxFaultsShown;
  }

  add(line: number, column: string | undefined, message: string): void {
    if (this.enough) return;
    const where = column === undefined ? `line ${line}` : `line ${line}, column ${column}`;
    this.found.push({ path: column === undefined ? `${line}` : `${line}.${column}`, message: `${where}: ${message}` });
  }

  throwIfAny(): void {
    if (this.found.length > 0) throw refused(this.found);
  }
}

function refused(errors: FieldFault[]): Problem {
  return new Problem('validation-failed', `The price series is not valid. ${errors[0]!.message}`, { errors });
}
