import { setImmediate as nextTurn } from 'node:timers/promises';
import { type FieldFault, mostTransactions, Problem, Transaction } from '@stocktool/contracts';
import { cellsOf, linesOf, type Line } from '@stocktool/market-data';

const mostFaultsShown = 50;
/** Then the event loop gets its turn. */
const rowsPerTurn = 500;
const columnNames = ['date', 'type', 'symbol', 'quantity', 'price', 'amount'] as const;
type ColumnName = (typeof columnNames)[number];
const numeric: ReadonlySet<ColumnName> = new Set(['quantity', 'price', 'amount']);
const decimal = /^(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i;

export interface ReadTransaction {
  readonly line: number;
  readonly transaction: Transaction;
}

/**
 * Reads `date,type,symbol,quantity,price,amount`: columns in any order and case, those that are not needed may be missing; cells may be empty
 * or in quotes; types and symbols in any case. Every fault names its line, from 1, and its column; with one, nothing is read.
 */
export async function readTransactionCsv(text: string, latestDate: string): Promise<ReadTransaction[]> {
  const faults = new Faults();
  const [header, ...lines] = await readLines(text);
  if (!header)
    throw refused([
      { path: '1', message: 'line 1: the header is missing, it is date,type,symbol,quantity,price,amount' },
    ]);
  const columns = readHeader(header, faults);
  if (lines.length === 0) faults.add(header.number + 1, undefined, 'there is no transaction');
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
      .slice(0, mostFaultsShown)
      .map(({ line, message }) => ({ path: `${line}.symbol`, message: `line ${line}, column symbol: ${message}` })),
  });

async function readLines(text: string): Promise<Line[]> {
  const lines: Line[] = [];
  for (const line of linesOf(text)) {
    const fault = lines.length > mostTransactions ? `more than ${mostTransactions} transactions` : line.fault;
    if (fault !== undefined) throw refused([{ path: `${line.number}`, message: `line ${line.number}: ${fault}` }]);
    lines.push(line);
    if (lines.length % (rowsPerTurn * 10) === 0) await nextTurn();
  }
  return lines;
}

function readHeader({ text, number }: Line, faults: Faults): readonly (ColumnName | undefined)[] {
  const cells = cellsOf(text);
  if (!cells) faults.add(number, undefined, badQuotes);
  const columns = (cells ?? []).map((cell) => columnNames.find((name) => name === cell.toLowerCase()));
  columns.forEach((name, at) => {
    if (!name) faults.add(number, cells![at] || `${at + 1}`, `unknown column, known are ${columnNames.join(', ')}`);
    else if (columns.indexOf(name) < at) faults.add(number, name, 'this column is there twice');
  });
  for (const needed of ['date', 'type'] as const)
    if (cells && !columns.includes(needed)) faults.add(number, needed, 'this column is missing');
  return columns;
}

function readRow(
  { number, text }: Line,
  columns: readonly (ColumnName | undefined)[],
  latestDate: string,
  faults: Faults,
): Transaction | undefined {
  const cells = cellsOf(text);
  if (cells?.length !== columns.length) {
    faults.add(number, undefined, cells ? `${cells.length} cells, the header has ${columns.length}` : badQuotes);
    return undefined;
  }
  const row: Partial<Record<ColumnName, string | number>> = {};
  for (const [at, name] of columns.entries()) {
    const cell = cells[at]!;
    if (!name || cell === '') continue;
    if (!numeric.has(name)) row[name] = name === 'symbol' ? cell.toUpperCase() : cell.toLowerCase();
    else if (decimal.test(cell)) row[name] = Number(cell);
    else return void faults.add(number, name, 'must be a number such as 12.5, without signs or thousands separators');
  }
  const { data, error } = Transaction.safeParse(row);
  for (const { path, message } of error?.issues ?? []) faults.add(number, path.join('.') || undefined, message);
  if (data && data.date > latestDate) faults.add(number, 'date', 'this date is in the future');
  return data;
}

const badQuotes = 'a quote is not closed, or stands inside a cell';

/** Collects what is wrong, so that a user mends a file in one go. */
class Faults {
  private readonly found: FieldFault[] = [];

  get enough(): boolean {
    return this.found.length >= mostFaultsShown;
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
  return new Problem('validation-failed', `The transactions are not valid. ${errors[0]!.message}`, { errors });
}
