import { AnalysisRequest, Transaction, type AnalysisResult } from '@stocktool/contracts';
import { analyse } from './analyse';
import { bundled } from './bundled.fixture';
import { attributionConventions } from './attribution/attribution-conventions';
import { monteCarloConventions } from './monte-carlo/monte-carlo-conventions';
import { optimizationConventions } from './optimization/optimization-conventions';
import { stressConventions } from './stress/stress-conventions';

const symbols = ['AAPL', 'JPM', 'XOM'];

/** A result with every part and every figure that there can be. */
function everything(): AnalysisResult {
  const holdings = symbols.map((symbol) => ({ symbol, weight: 1 / 3 }));
  const request = AnalysisRequest.parse({
    holdings,
    from: '2014-01-02',
    to: '2017-12-29',
    include: ['performance', 'risk', 'correlation', 'optimization', 'monteCarlo', 'stress', 'attribution'],
    monteCarlo: { paths: 2000, horizonDays: 5, target: 1.01 },
    optimization: {
      frontierPoints: 3,
      maxWeight: 0.5,
      turnoverLimit: 1,
      targetReturn: 0.1,
      targetVolatility: 0.2,
      cash: 10_000,
    },
    attribution: {
      sectors: { AAPL: 'technology', JPM: 'banks', XOM: 'energy', KO: 'staples' },
      benchmarkHoldings: [{ symbol: 'KO', weight: 1 }],
    },
  });
  const transactions = [
    Transaction.parse({ date: '2015-01-02', type: 'buy', symbol: 'AAPL', quantity: 1, price: 100 }),
  ];
  return analyse({
    request: { ...request, holdings },
    series: [...symbols, 'KO', '^GSPC'].map(bundled),
    factors: ['MTUM', 'QUAL', 'SIZE', 'USMV', 'VLUE'].map(bundled),
    transactions,
  });
}

/** Paths of all numbers, as lists of names: places in lists, symbols, sectors and confidences left out. */
function figuresOf(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value === 'number') return [[...path]];
  if (value === null || typeof value !== 'object') return [];
  const named = (key: string) => /^[a-z][A-Za-z]+$/.test(key) && !sectors.has(key);
  return Object.entries(value).flatMap(([key, child]) => figuresOf(child, named(key) ? [...path, key] : path));
}
const sectors = new Set(['technology', 'banks', 'energy', 'staples']);

/** What of a part has an entry of its own elsewhere, or says itself what it is. */
const parts: Record<string, Record<string, string>> = {
  optimization: optimizationConventions,
  monteCarlo: monteCarloConventions,
  stress: stressConventions,
  attribution: attributionConventions,
};
/** Not computed: what was asked for, or a count. */
const given = new Set(['observations', 'weight', 'paths', 'horizonDays', 'seed', 'day', 'year', 'month', 'move']);

describe('the conventions of a result', () => {
  const { warnings: _, ...result } = everything();

  it('has every part', () => {
    const unavailable = JSON.stringify(result).match(/"unavailable":\{[^}]*\}/g);
    expect(unavailable).toBeNull();
  });

  it('say how each of its figures was computed', () => {
    const { conventions, ...figures } = result;
    const unexplained = figuresOf(figures).filter((path) => {
      if (given.has(path.at(-1)!)) return false;
      const entries = parts[path[0]!];
      // `portfolio` has an entry, which says what the portfolio is and nothing of its figures.
      if (!entries) return !path.some((name) => name !== 'portfolio' && name in conventions);
      const texts = Object.entries(entries)
        .flatMap(([name, text]) => [name, text])
        .join(' ');
      return !path.slice(1).every((name) => new RegExp(`\\b${name}\\b`).test(texts));
    });
    expect([...new Set(unexplained.map((path) => path.join('.')))]).toEqual([]);
  });
});
