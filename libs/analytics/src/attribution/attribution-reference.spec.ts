import { AnalysisRequest, AnalysisResult } from '@stocktool/contracts';
import { readFileSync } from 'node:fs';
import { analyse } from '../analyse';
import { bundled } from '../bundled.fixture';
import { differences } from '../differences.fixture';
import { factorPortfolios } from '../factors/factor-portfolios';

// statsmodels, numpy and pandas over the bundled prices: reference/attribution/generate.py, versions inside.
const values = new URL('../../reference/attribution/values.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(values, 'utf8')) as {
  cases: { name: string; request: object; result: { attribution: object; stress: object[] } }[];
};

const analysed = (request: object) => {
  const parsed = AnalysisRequest.parse({ ...request, include: ['performance', 'stress', 'attribution'] });
  const holdings = parsed.holdings!;
  const compared = parsed.attribution?.benchmarkHoldings ?? [];
  const symbols = new Set([...holdings, ...compared].map(({ symbol }) => symbol).concat(parsed.benchmark));
  return analyse({
    request: { ...parsed, holdings },
    series: [...symbols].map(bundled),
    factors: factorPortfolios.map(({ symbol }) => bundled(symbol)),
  });
};

const leaves = (value: unknown): number =>
  value !== null && typeof value === 'object'
    ? Object.values(value).reduce<number>((total, child) => total + leaves(child), 0)
    : 1;

describe('attribution and stress agree with statsmodels and numpy to 1e-9', () => {
  it.each(cases)('$name', ({ request, result }) => {
    const ours = analysed(request);
    expect(differences(ours.attribution, result.attribution, 'attribution')).toEqual([]);
    expect(differences(ours.stress, result.stress, 'stress')).toEqual([]);
    expect(ours.stress).toHaveLength(result.stress.length);
    expect(AnalysisResult.parse(ours)).toEqual(ours);
  });

  it('over more than 700 values', () => expect(leaves(cases.map(({ result }) => result))).toBeGreaterThan(700));
});
