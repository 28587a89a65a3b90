import { rowsOf, type CsvRow } from './csv/rows';
import { disclaimer, type ReportInput } from './report-input';

const header = 'section,key,symbol,date,value,text';
/** So that Excel reads the file as UTF-8. */
const byteOrderMark = '\ufeff';

/**
 * Every figure of the result, one in a row, as exact as in JSON: `section,key,symbol,date,value,text`. `value` is a number or
 * empty, where the figure is undefined; what is no number stands in `text`. RFC 4180 in UTF-8. A text that a spreadsheet would
 * take for a formula begins with an apostrophe.
 */
export function renderCsv({ id, createdAt, finishedAt, request, result }: ReportInput): string {
  const symbols = new Set([...result.assets.map(({ symbol }) => symbol), request.benchmark]);
  const about = {
    id,
    createdAt,
    finishedAt,
    disclaimer,
    benchmark: request.benchmark,
    riskFreeRate: request.riskFreeRate,
  };
  const { portfolio, ...rest } = result;
  const sections = {
    analysis: about,
    ...Object.fromEntries(Object.entries(portfolio).map(([name, part]) => [`portfolio.${name}`, part])),
    ...rest,
  };
  const lines = [byteOrderMark + header];
  for (const [section, part] of Object.entries(sections))
    for (const row of rowsOf(part, { section, key: '', symbol: '', date: '' }, symbols)) lines.push(lineOf(row));
  return `${lines.join('\r\n')}\r\n`;
}

function lineOf({ section, key, symbol, date, value }: CsvRow): string {
  const [figure, text] = typeof value === 'number' ? [String(value), ''] : ['', value ?? ''];
  return [...[section, key, symbol, date].map(quoted), figure, quoted(text)].join(',');
}

/** Also behind white space, which spreadsheets skip. */
const formula = /^[\s\u0000-\u001f]*[=+\-@\uff1d\uff0b\uff0d\uff20]/;

function quoted(text: string): string {
  const harmless = formula.test(text) ? `'${text}` : text;
  return /[",\r\n']|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
