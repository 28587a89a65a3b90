import fc from 'fast-check';
import { renderCsv, renderJson } from '.';
import { fullResult, inputOf, resultOf } from './report.fixture';

/** RFC 4180, written from the standard. */
function parse(csv: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    rows.at(-1)!.push(quoted === undefined ? plain! : quoted.replaceAll('""', '"'));
    if (end === '\r\n') rows.push([]);
    if (end === '') break;
  }
  return rows.slice(0, -1);
}

function leaves(value: unknown, found: (number | null)[] = []): (number | null)[] {
  if (typeof value === 'number' || value === null) found.push(value);
  else if (typeof value === 'object') for (const each of Object.values(value)) leaves(each, found);
  return found;
}

const ascending = (a: number, b: number) => a - b;

describe('renderCsv', () => {
  const result = fullResult(['AAPL', 'MSFT', 'JNJ']);
  const csv = renderCsv(inputOf(result));
  const rows = parse(csv.slice(1));
  const find = (section: string, key: string, symbol = '', date = '') =>
    rows.filter((row) => row[0] === section && row[1] === key && row[2] === symbol && row[3] === date);

  it('is a table of six columns that Excel reads as UTF-8', () => {
    expect(csv.charCodeAt(0)).toBe(0xfeff);
    expect(rows[0]).toEqual(['section', 'key', 'symbol', 'date', 'value', 'text']);
    for (const row of rows) expect(row).toHaveLength(6);
    expect(csv.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  it('has every number of the result, exact, and every undefined figure as an empty value', () => {
    const named = new Set(['year', 'month', 'day']);
    const withoutNames = JSON.parse(
      JSON.stringify(result, (key, value) => (named.has(key) && typeof value === 'number' ? undefined : value)),
    );
    const numbers = leaves(withoutNames).filter((each) => each !== null);
    const values = rows
      .slice(1)
      .filter(([section]) => section !== 'analysis')
      .flatMap((row) => (row[4] === '' ? [] : [Number(row[4])]));
    expect(values.sort(ascending)).toEqual(numbers.sort(ascending));
    expect(find('portfolio.performance', 'sortino')).toEqual([['portfolio.performance', 'sortino', '', '', '', '']]);
  });

  it('says of each figure where it belongs: symbol, date, scenario', () => {
    expect(find('assets', 'weight', 'MSFT')[0]![4]).toBe(String(1 / 3));
    expect(find('portfolio.monthly', 'return', '', '2014-03')[0]![4]).toBe(
      String(result.portfolio.monthly![2]!.return),
    );
    expect(find('portfolio.wealth', 'portfolio', '', '2014-01-05')[0]![4]).toBe(
      String(result.portfolio.wealth!.portfolio[1]),
    );
    expect(find('correlation', 'JNJ', 'AAPL')[0]![4]).toBe('-0.25');
    expect(find('stress', 'Pandemic.portfolioReturn')[0]![4]).toBe('-0.3124');
    expect(find('monteCarlo', 'fan.day 21.p50')[0]![4]).toBe('1.007');
    expect(find('optimization', 'maxSharpe.weights', 'AAPL')).toHaveLength(1);
    expect(find('optimization', 'minCvar.unavailable.reason')[0]![5]).toBe('No weights within these bounds.');
  });

  it('names no figure twice', () => {
    const places = rows.map((row) => row.slice(0, 4).join('\u0000'));
    expect(new Set(places).size).toBe(places.length);
  });

  it('lets no text start a formula, and keeps commas, quotes and lines within their cell', () =>
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', ' ', ',', '"', "'", '1+1', 'x', '\uff1d', 'é')),
        (pieces) => {
          const message = pieces.join('');
          const text = renderCsv(inputOf(resultOf(['AAPL'], { warnings: [{ code: 'c', path: 'p', message }] })));
          const parsed = parse(text.slice(1));
          const [cell] = parsed.filter((row) => row[0] === 'warnings' && row[1] === '1.message').map((row) => row[5]!);
          expect(cell).not.toMatch(/^[\s]*[=+\-@\uff1d]/);
          expect(cell!.replace(/^'/, '')).toBe(message.startsWith("'") ? message.slice(1) : message);
        },
      ),
    ));
});

describe('renderJson', () => {
  it('has the whole analysis and the disclaimer', () => {
    const input = inputOf(resultOf(['AAPL']));
    const parsed = JSON.parse(renderJson(input));
    expect(parsed).toMatchObject(input);
    expect(parsed.disclaimer).toContain('not investment advice');
  });
});
