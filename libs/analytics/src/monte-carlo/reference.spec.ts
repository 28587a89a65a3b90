import { isAvailable } from '@stocktool/contracts';
import { readFileSync } from 'node:fs';
import { bundled } from '../bundled.fixture';
import { fitGarch } from './models/garch';
import { lowerCovariances, lowerTriangle } from './models/lower-triangle';
import { monteCarlo } from './monte-carlo';
import { simulatedPortfolio } from './simulated-portfolio.fixture';
import { degreesOfFreedom } from './models/student-freedom';

// reference/monte-carlo/values.json: numpy and scipy, with random numbers of their own (simulate.py, versions inside).
const reference = JSON.parse(
  readFileSync(new URL('../../reference/monte-carlo/values.json', import.meta.url), 'utf8'),
) as Reference;

interface Reference {
  period: { from: string; to: string; symbols: string[]; returns: number };
  simulation: { steps: number; target: number };
  freedom: { portfolio: number; assets: number };
  garch: Record<string, { alpha: number; beta: number; h: number }>;
  runs: {
    model: 'gbm' | 'studentT' | 'bootstrap' | 'filteredHistorical';
    sharesHeld: boolean;
    figures: Record<string, number>;
    standardErrors: Record<string, number>;
  }[];
}

/** Simple daily returns of bundled series on the days that all of them have. */
function bundledReturns(names: readonly string[], from: string, to: string): Float64Array[] {
  const tables = names.map((name) => {
    const { dates, adjClose } = bundled(name);
    return new Map(dates.map((date, i) => [date, adjClose[i]!]));
  });
  const dates = [...tables[0]!.keys()].filter(
    (date) => date >= from && date <= to && tables.every((table) => table.has(date)),
  );
  return tables.map((table) => {
    const prices = dates.map((date) => table.get(date)!);
    return Float64Array.from(prices.slice(1), (price, i) => price / prices[i]! - 1);
  });
}

const { symbols, from, to } = reference.period;
const returns = bundledReturns(symbols, from, to);
const portfolio = Float64Array.from(returns[0]!, (_, t) =>
  returns.reduce((sum, each) => sum + each[t]! / symbols.length, 0),
);

describe('against numpy and scipy, 20 bundled stocks over ten years', () => {
  it('sees the same returns', () => expect(returns[0]).toHaveLength(reference.period.returns));

  it.each([
    ['portfolio', [portfolio]],
    ['assets', returns],
  ] as const)('estimates the degrees of freedom of the %s', (name, series) =>
    expect(degreesOfFreedom(series, lowerTriangle(lowerCovariances(series)))).toBe(reference.freedom[name]),
  );

  it.each(Object.entries(reference.garch))('fits the GARCH of %s', (name, { alpha, beta, h }) => {
    const fit = fitGarch(name === 'portfolio' ? portfolio : returns[symbols.indexOf(name)]!);
    expect(Math.abs(fit.alpha - alpha)).toBeLessThan(1e-5);
    expect(Math.abs(fit.beta - beta)).toBeLessThan(1e-5);
    expect(Math.abs(fit.nextVariance / h - 1)).toBeLessThan(1e-5);
  });

  describe.each(reference.runs)(
    '$model, shares held: $sharesHeld',
    ({ model, sharesHeld, figures, standardErrors }) => {
      const settings = { model, target: reference.simulation.target, paths: 100_000 };
      const result = monteCarlo(simulatedPortfolio({ returns, symbols, sharesHeld, settings }));
      const actual = isAvailable(result) ? result.monteCarlo : undefined;
      it.each(Object.keys(figures))('%s is the same within five standard errors of the two', (name) => {
        const [first, second, third] = name.split('.');
        const group: unknown = actual![first as 'terminal'];
        const value = (
          typeof group === 'number' ? group : (group as Record<string, number>)[third ? `${second}.${third}` : second!]
        )!;
        const error = Math.hypot(actual!.standardErrors[name]!, standardErrors[name]!);
        expect(Math.abs(value - figures[name]!)).toBeLessThan(5 * error);
      });
    },
  );
});
