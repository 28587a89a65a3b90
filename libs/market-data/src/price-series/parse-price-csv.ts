import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import type { Line } from '../csv/csv-lines';
import { csvDecimal, CsvFaults, readCsvCells, readCsvHeader, readCsvLines } from '../csv/csv-table';
import { priceColumns, type PriceColumn } from '../daily-series';

const maxSeriesRows = 20_000;
/** Then the event loop gets its turn: a file takes long enough to hold up every other caller. */
const rowsPerTurn = 1000;

const columnNames = ['date', ...priceColumns] as const;
type ColumnName = (typeof columnNames)[number];

export interface ParsedSeries {
  dates: string[];
  columns: Partial<Record<PriceColumn, (number | null)[]>> & { close: number[] };
}

const isoDate = z.iso.date();

/**
 * Reads `date,close[,open,high,low,volume,adjClose]`, columns in any order, rows in any order of dates. Every fault
 * names its line and column. `close` and, when its column is there, `adjClose` are required in every row: a hole in
 * either would be a jump in the returns. The rest may be empty.
 */
export async function parsePriceCsv(text: string, latestDate: string): Promise<ParsedSeries> {
  const faults = new CsvFaults('The price series is not valid.');
  const [header, ...lines] = await readCsvLines(text, maxSeriesRows, 'rows', faults);
  if (!header) faults.add(1, undefined, 'the header is missing, it is date,close[,…]');
  const names = header ? readCsvHeader(header, columnNames, ['date', 'close'], faults) : [];
  if (header && lines.length === 0) faults.add(2, undefined, 'there is no row');
  faults.throwIfAny();
  const positions = new Map(names.flatMap((name, at) => (name ? [[name, at] as const] : [])));

  const rows: Row[] = [];
  for (const line of lines) {
    rows.push(readRow(line, positions, latestDate, faults));
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
interface Row {
  line: number;
  date: string;
  values: Partial<Record<PriceColumn, number>>;
}

function readRow(line: Line, positions: ReadonlyMap<ColumnName, number>, latestDate: string, faults: CsvFaults): Row {
  const { number } = line;
  const cells = readCsvCells(line, positions.size, faults);
  if (!cells) return { line: number, date: '', values: {} };
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
    const value = csvDecimal.test(cell) ? Number(cell) : Number.NaN;
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
