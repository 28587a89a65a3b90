import { AnalysisRequest, AnalysisResult } from '@stocktool/contracts';
import { readFileSync } from 'node:fs';
import { analyse } from '../analyse';
import { bundled } from '../bundled.fixture';
import { differences } from '../differences.fixture';
import type { AssetPrices } from '../series/alignment';
import { libraries } from './compat';

// reference/compat-values.json: what the libraries themselves give (reference/compat.py, versions inside).
const { versions, cases } = JSON.parse(
  readFileSync(new URL('../../reference/compat-values.json', import.meta.url), 'utf8'),
) as { versions: Record<string, string>; cases: Case[] };

interface Case {
  name: string;
  request: object;
  /** Days that the benchmark lacks. */
  benchmarkWithout: string[];
  result: object;
}

function without(series: AssetPrices, days: readonly string[]): AssetPrices {
  const kept = series.dates.map((_, i) => i).filter((i) => !days.includes(series.dates[i]!));
  return {
    ...series,
    dates: kept.map((i) => series.dates[i]!),
    adjClose: kept.map((i) => series.adjClose[i]!),
    close: kept.map((i) => series.close[i]!),
  };
}

function run(asked: object, benchmarkWithout: readonly string[] = []): AnalysisResult {
  const request = AnalysisRequest.parse(asked);
  const assets = request.holdings!.map(({ symbol }) => bundled(symbol));
  const series = [...assets, without(bundled(request.benchmark), benchmarkWithout)];
  return analyse({ request: { ...request, holdings: request.holdings! }, series });
}

describe('the conventions of a library are those of the library, to 1e-9', () => {
  it.each(cases)('$name', ({ request, benchmarkWithout, result }) => {
    const own = run(request, benchmarkWithout);
    expect(differences(own, result, 'result')).toEqual([]);
    expect(AnalysisResult.parse(own)).toEqual(own);
  });

  it('and of the version that `conventions` names', () => {
    for (const [name, { conventions }] of Object.entries(libraries)) {
      const packaged = name === 'empyrical' ? 'empyrical-reloaded' : name;
      expect(conventions['compat']).toContain(` ${versions[packaged]}`);
    }
  });

  it('says how each figure was computed, and leaves every other figure as it is', () => {
    const { request } = cases.find(({ name }) => name.startsWith('empyrical'))!;
    const [ours, theirs] = [run({ ...request, compat: 'none' }), run(request)];
    expect(theirs.conventions['alpha']).toContain('empyrical.alpha');
    expect(theirs.conventions['sharpe']).toBe(ours.conventions['sharpe']);
    expect(ours.conventions['compat']).toBe(undefined);
    expect(theirs.portfolio.performance).toEqual(ours.portfolio.performance);
    expect(theirs.portfolio.risk).not.toEqual(ours.portfolio.risk);
    expect(theirs.correlation).toEqual(ours.correlation);
    expect(theirs.warnings).toEqual(ours.warnings);
  });

  it('answers only the parts that were asked for', () => {
    const only = run({ ...cases[0]!.request, include: ['risk'] });
    expect(only.portfolio.performance).toBe(undefined);
    expect(only.portfolio.risk).toHaveProperty('var.historical');
  });
});
