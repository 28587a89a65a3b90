import { AnalysisRequest, AnalysisResult } from '@stocktool/contracts';
import { readFileSync } from 'node:fs';
import type { AssetPrices } from './series/alignment';
import { analyse } from './analyse';
import { assess } from './assess';
import { bundled } from './bundled.fixture';
import { differences } from './differences.fixture';

// reference/values.json: numpy, scipy and pandas, straight from the definitions (reference/generate.py, versions inside).
const root = new URL('../../../', import.meta.url);
const { cases } = JSON.parse(readFileSync(new URL('libs/analytics/reference/values.json', root), 'utf8')) as {
  cases: ReferenceCase[];
};

interface ReferenceCase {
  name: string;
  request: { holdings: { symbol: string }[]; benchmark: string; from: string; to: string; riskFreeRate: number };
  removed: Record<string, string[]>;
  benchmarkEvery: number;
  result: object;
}

function only(series: AssetPrices, keep: (date: string) => boolean): AssetPrices {
  const rows = series.dates.map((_, i) => i).filter((i) => keep(series.dates[i]!));
  return {
    ...series,
    dates: rows.map((i) => series.dates[i]!),
    adjClose: rows.map((i) => series.adjClose[i]!),
    close: rows.map((i) => series.close[i]!),
  };
}

function pricesFor({ request, removed, benchmarkEvery }: ReferenceCase): AssetPrices[] {
  const flat = (): AssetPrices => {
    const { dates, ...rest } = bundled('^GSPC');
    return { ...rest, symbol: '~FLAT', dates, adjClose: dates.map(() => 100), close: dates.map(() => 100) };
  };
  const names = new Set([...request.holdings.map(({ symbol }) => symbol), request.benchmark]);
  return [...names].map((symbol) => {
    const series = symbol === '~FLAT' ? flat() : bundled(symbol);
    const gone = new Set(removed[symbol]);
    const inside = only(series, (date) => date >= request.from && date <= request.to && !gone.has(date));
    if (symbol !== request.benchmark || benchmarkEvery === 1) return inside;
    return only(inside, (date) => inside.dates.indexOf(date) % benchmarkEvery === 0);
  });
}

const leaves = (value: unknown): number =>
  value !== null && typeof value === 'object'
    ? Object.values(value).reduce<number>((total, child) => total + leaves(child), 0)
    : 1;

describe('the figures agree with numpy to 1e-9', () => {
  it.each(cases)('$name', (reference) => {
    const request = AnalysisRequest.parse(reference.request);
    const result = analyse({ request: { ...request, holdings: request.holdings! }, series: pricesFor(reference) });
    expect(differences(result, reference.result, 'result')).toEqual([]);
    expect(AnalysisResult.parse(result)).toEqual(result);
  });

  it('over more than 8000 values', () => expect(leaves(cases.map(({ result }) => result))).toBeGreaterThan(8000));

  it('and one symbol assessed alone has the figures of the asset in an analysis', () => {
    const reference = cases.find(({ name }) => name === 'the benchmark as the only asset')!;
    const { benchmark, riskFreeRate, ...range } = reference.request;
    const series = pricesFor(reference).find(({ symbol }) => symbol === benchmark)!;
    const { performance, risk } = assess(series, series, { riskFreeRate, ...range });
    const { assets } = reference.result as { assets: { performance: object; risk: object }[] };
    const expected = { performance: assets[0]!.performance, risk: assets[0]!.risk };
    expect(differences({ performance, risk }, expected, 'assess')).toEqual([]);
  });
});
