import { setImmediate as nextTurn } from 'node:timers/promises';
import { Problem, type FieldFault } from '@stocktool/contracts';
import { cellsOf, linesOf, type Line } from './csv-lines';

export const mostCsvFaults = 50;
/** Then the event loop gets its turn: a file takes long enough to hold up every other caller. */
const linesPerTurn = 1000;
/** A number as people write it: no sign, no thousands separators. */
export const csvDecimal = /^(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i;
const badQuotes = 'a quote is not closed, or stands inside a cell';

/** Collects what is wrong with a file, by line and column, so that a user mends it in one go. */
export class CsvFaults {
  private readonly found: FieldFault[] = [];

  /** `verdict` begins the detail of the problem: "The price series is not valid." */
  constructor(private readonly verdict: string) {}

  get enough(): boolean {
    return this.found.length >= mostCsvFaults;
  }

  add(line: number, column: string | undefined, message: string): void {
    if (this.enough) return;
    const where = column === undefined ? `line ${line}` : `line ${line}, column ${column}`;
    this.found.push({ path: column === undefined ? `${line}` : `${line}.${column}`, message: `${where}: ${message}` });
  }

  /** Problem `validation-failed` with every fault. */
  throwIfAny(): void {
    const [first] = this.found;
    if (!first) return;
    throw new Problem('validation-failed', `${this.verdict} ${first.message}`, { errors: this.found });
  }
}

/** The lines that are not blank, the header first. Refuses a file at the first line that is too long or one too many. */
export async function readCsvLines(
  text: string,
  mostRows: number,
  rowName: string,
  faults: CsvFaults,
): Promise<Line[]> {
  const lines: Line[] = [];
  for (const line of linesOf(text)) {
    const fault = lines.length > mostRows ? `more than ${mostRows} ${rowName}` : line.fault;
    if (fault !== undefined) faults.add(line.number, undefined, fault);
    faults.throwIfAny();
    lines.push(line);
    if (lines.length % linesPerTurn === 0) await nextTurn();
  }
  return lines;
}

/** The column of each cell, in any order and case; undefined for one that has a fault. */
export function readCsvHeader<Name extends string>(
  { text, number }: Line,
  names: readonly Name[],
  required: readonly Name[],
  faults: CsvFaults,
): readonly (Name | undefined)[] {
  const cells = readCsvCells({ text, number }, undefined, faults);
  if (!cells) return [];
  const columns = cells.map((cell) => names.find((name) => name.toLowerCase() === cell.toLowerCase()));
  columns.forEach((name, at) => {
    if (!name) faults.add(number, cells[at] || `${at + 1}`, `unknown column, known are ${names.join(', ')}`);
    else if (columns.indexOf(name) < at) faults.add(number, name, 'this column is there twice');
  });
  for (const name of required) if (!columns.includes(name)) faults.add(number, name, 'this column is missing');
  return columns;
}

/** The cells of a row that has as many as the header; undefined, and a fault, for any other. */
export function readCsvCells(
  { text, number }: Line,
  width: number | undefined,
  faults: CsvFaults,
): string[] | undefined {
  const cells = cellsOf(text);
  if (cells && (width === undefined || cells.length === width)) return cells;
  faults.add(number, undefined, cells ? `${cells.length} cells, the header has ${width}` : badQuotes);
  return undefined;
}
