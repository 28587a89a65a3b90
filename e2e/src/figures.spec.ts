import { readFileSync } from 'node:fs';
import path from 'node:path';
import { api, finishedAnalysis, newUser, type User } from './client';

// From numpy, scipy and pandas, straight from the definitions: libs/analytics/reference/generate.py.
const root = path.resolve(import.meta.dirname, '../..');
const { cases } = JSON.parse(readFileSync(path.join(root, 'libs/analytics/reference/values.json'), 'utf8')) as {
  cases: ReferenceCase[];
};

interface ReferenceCase {
  name: string;
  request: { holdings: { symbol: string }[]; benchmark: string; from: string; to: string; riskFreeRate: number };
  /** Rows that the reference left out of a series. */
  removed: Record<string, string[]>;
  /** The reference took every so many rows of the benchmark. */
  benchmarkEvery: number;
  result: object;
}

let user: User;
beforeAll(async () => {
  user = await newUser();
});

const plain = cases.filter(
  ({ request, removed, benchmarkEvery }) =>
    benchmarkEvery === 1 &&
    Object.keys(removed).length === 0 &&
    request.holdings.every(({ symbol }) => !symbol.startsWith('~')),
);
const withOwnSeries = cases.filter((one) => !plain.includes(one));

describe('the figures of the API agree with numpy to 1e-9', () => {
  it.each(plain)('$name', async ({ request, result }) => {
    const analysis = await finishedAnalysis(user, { ...request, include: ['performance', 'risk', 'correlation'] });
    expect(analysis.status).toBe('succeeded');
    expect(differences(analysis.result, result, 'result')).toEqual([]);
  });

  it.each(withOwnSeries)('with private price series: $name', async (reference) => {
    const named = new Map<string, string>();
    for (const symbol of new Set([...reference.request.holdings.map((one) => one.symbol), reference.request.benchmark]))
      named.set(symbol, await uploadedWhereChanged(symbol, reference));
    const rename = (symbol: string) => named.get(symbol) ?? symbol;
    const { holdings, benchmark } = reference.request;
    const analysis = await finishedAnalysis(user, {
      ...reference.request,
      holdings: holdings.map((holding) => ({ ...holding, symbol: rename(holding.symbol) })),
      benchmark: rename(benchmark),
    });
    expect(analysis.status).toBe('succeeded');
    const expected = renamed(reference.result, named);
    expect(differences(analysis.result, expected, 'result')).toEqual([]);
  });
});

// From statsmodels and numpy: libs/analytics/reference/attribution/generate.py.
const attribution = JSON.parse(
  readFileSync(path.join(root, 'libs/analytics/reference/attribution/values.json'), 'utf8'),
) as { cases: { name: string; request: object; result: object }[] };

describe('attribution and stress of the API agree with statsmodels and numpy to 1e-9', () => {
  it.each(attribution.cases)('$name', async ({ request, result }) => {
    const analysis = await finishedAnalysis(user, { ...request, include: ['stress', 'attribution'] });
    expect(analysis.status).toBe('succeeded');
    expect(differences(analysis.result, result, 'result')).toEqual([]);
  });
});

/** The same with other symbols, as values and as keys. */
function renamed(value: unknown, named: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return named.get(value) ?? value;
  if (Array.isArray(value)) return value.map((each) => renamed(each, named));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [named.get(key) ?? key, renamed(child, named)]),
  );
}

/** The symbol itself, or the private series that holds what the reference computed with. */
async function uploadedWhereChanged(symbol: string, { request, removed, benchmarkEvery }: ReferenceCase) {
  const gone = new Set(removed[symbol]);
  const every = symbol === request.benchmark ? benchmarkEvery : 1;
  const flat = symbol === '~FLAT';
  if (gone.size === 0 && every === 1 && !flat) return symbol;
  const source = flat ? '^GSPC' : symbol;
  const { body } = await api(
    'GET',
    `/v1/stocks/${encodeURIComponent(source)}/history?from=${request.from}&to=${request.to}&adjusted=false`,
    { token: user.token },
  );
  const rows = (body.rows as { date: string; close: number | null; adjClose: number }[])
    .filter(({ date }) => !gone.has(date))
    .filter((_row, index) => index % every === 0)
    .map(({ date, close, adjClose }) => (flat ? `${date},100,100` : `${date},${close ?? adjClose},${adjClose}`));
  const name = `${source.replace('^', '')}-${crypto.randomUUID().slice(0, 8)}`.toUpperCase();
  const put = await api('PUT', `/v1/price-series/${name}`, {
    token: user.token,
    text: ['date,close,adjClose', ...rows].join('\n'),
    headers: { 'content-type': 'text/csv' },
  });
  expect(put).toMatchObject({ status: 201, body: { rows: rows.length } });
  return put.body.symbol as string;
}

/** 1e-9 relative; below the floor a figure is the rounding of terms that cancel. */
const floor = 1e-13;

function differences(actual: unknown, expected: unknown, where: string): string[] {
  if (typeof expected === 'number') {
    const close =
      typeof actual === 'number' && Math.abs(actual - expected) <= Math.max(1e-9 * Math.abs(expected), floor);
    return close ? [] : [`${where}: ${String(actual)}, the reference has ${expected}`];
  }
  if (expected === null || typeof expected !== 'object')
    return actual === expected ? [] : [`${where}: ${String(actual)}, the reference has ${String(expected)}`];
  return Object.entries(expected).flatMap(([key, value]) =>
    differences((actual as Record<string, unknown> | undefined)?.[key], value, `${where}.${key}`),
  );
}
