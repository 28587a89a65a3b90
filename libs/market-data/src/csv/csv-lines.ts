/** Seven numbers, quoted and with all their digits, take 200. */
const maxLineCharacters = 300;

/** Blank ones too. */
const maxLines = 100_000;

const [lineFeed, carriageReturn, space] = [10, 13, 32];

export interface Line {
  /** From 1, blank lines counted. */
  readonly number: number;
  readonly text: string;
  readonly fault?: string;
}

/**
 * The lines that are not blank, ended by LF, CR LF or CR; a byte order mark is no text. Ends with a line that has a fault
 * where a line is too long, or when there are too many. CSV libraries took seconds on 5 MB of commas and cannot be interrupted; prices need neither commas
 * nor line ends inside quotes, so that a line is a row, and nothing is taken apart before it is known to be short.
 */
export function* linesOf(text: string): Generator<Line> {
  let number = 1;
  let start = text.startsWith('\uFEFF') ? 1 : 0;
  let blank = true;
  for (let at = start; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : lineFeed;
    if (code !== lineFeed && code !== carriageReturn) {
      if (code > space) blank = false;
      if (at - start < maxLineCharacters) continue;
      yield { number, text: '', fault: `more than ${maxLineCharacters} characters in one line` };
      return;
    }
    if (!blank) yield { number, text: text.slice(start, at) };
    if (number >= maxLines) {
      yield { number, text: '', fault: `more than ${maxLines} lines` };
      return;
    }
    if (code === carriageReturn && text.charCodeAt(at + 1) === lineFeed) at++;
    number++;
    start = at + 1;
    blank = true;
  }
}

/** The cells of a line, trimmed and out of their quotes; undefined when quotes do not enclose whole cells. */
export function cellsOf(line: string): string[] | undefined {
  const cells = line.split(',');
  for (let i = 0; i < cells.length; i++) {
    let cell = cells[i]!.trim();
    if (cell.length > 1 && cell.startsWith('"') && cell.endsWith('"')) cell = cell.slice(1, -1).trim();
    if (cell.includes('"')) return undefined;
    cells[i] = cell;
  }
  return cells;
}
