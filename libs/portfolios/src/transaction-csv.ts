import { setImmediate as nextTurn } from 'node:timers/promises';
import { mostTransactions, Problem, Transaction } from '@stocktool/contracts';
import {
  csvDecimal,
  CsvFaults,
  mostCsvFaults,
  readCsvCells,
  readCsvHeader,
  readCsvLines,
  type Line,
} from '@stocktool/market-data';

/** Then the event loop gets its turn. */
const rowsPerTurn = 500;
const columnNames = ['date', 'type', 'symbol', 'quantity', 'price', 'amount'] as const;
type ColumnName = (typeof columnNames)[number];
const numeric: ReadonlySet<ColumnName> = new Set(['quantity', 'price', 'amount']);

export interface ReadTransaction {
  readonly line: number;
  readonly transaction: Transaction;
}

/**
 * Reads `date,type,symbol,quantity,price,amount`: columns in any order and case, those that are not needed may be missing; cells may be empty
 * or in quotes; types and symbols in any case. Every fault names its line, from 1, and its column; with one, nothing is read.
 */
export async function readTransactionCsv(text: string, latestDate: string): Promise<ReadTransaction[]> {
  const faults = new CsvFaults('The transactions are not valid.');
  const [header, ...lines] = await readCsvLines(text, mostTransactions, 'transactions', faults);
  if (!header) faults.add(1, undefined, 'the header is missing, it is date,type,symbol,quantity,price,amount');
  const columns = header ? readCsvHeader(header, columnNames, ['date', 'type'], faults) : [];
  if (header && lines.length === 0) faults.add(header.number + 1, undefined, 'there is no transaction');
  faults.throwIfAny();
  const read: ReadTransaction[] = [];
  for (const [index, line] of lines.entries()) {
    const transaction = readRow(line, columns, latestDate, faults);
    if (transaction) read.push({ line: line.number, transaction });
    if (faults.enough) break;
    if (index % rowsPerTurn === rowsPerTurn - 1) await nextTurn();
  }
  faults.throwIfAny();
  return read;
}

/** Faults of transactions that are well-formed, such as symbols that nobody knows, by their lines. */
export const linesRefused = (code: 'unknown-symbol', faults: readonly { line: number; message: string }[]): Problem =>
  new Problem(code, `line ${faults[0]?.line}: ${faults[0]?.message}`, {
    errors: faults
      .slice(0, mostCsvFaults)
      .map(({ line, message }) => ({ path: `${line}.symbol`, message: `line ${line}, column symbol: ${message}` })),
  });

function readRow(
  line: Line,
  columns: readonly (ColumnName | undefined)[],
  latestDate: string,
  faults: CsvFaults,
): Transaction | undefined {
  const { number } = line;
  const cells = readCsvCells(line, columns.length, faults);
  if (!cells) return undefined;
  const row: Partial<Record<ColumnName, string | number>> = {};
  for (const [at, name] of columns.entries()) {
    const cell = cells[at]!;
    if (!name || cell === '') continue;
    if (!numeric.has(name)) row[name] = name === 'symbol' ? cell.toUpperCase() : cell.toLowerCase();
    else if (csvDecimal.test(cell)) row[name] = Number(cell);
    else return void faults.add(number, name, 'must be a number such as 12.5, without signs or thousands separators');
  }
  const { data, error } = Transaction.safeParse(row);
  for (const { path, message } of error?.issues ?? []) faults.add(number, path.join('.') || undefined, message);
  if (data && data.date > latestDate) faults.add(number, 'date', 'this date is in the future');
  return data;
}
