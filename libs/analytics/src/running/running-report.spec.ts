import { AnalysisRequest, type Performance, type Risk } from '@stocktool/contracts';
import { analyse } from '../analyse';
import { bundled } from '../bundled.fixture';
import { differences } from '../differences.fixture';
import { RunningReport } from './running-report';

const symbols = ['AAPL', 'XOM', 'PG', 'JPM', 'GE', '^GSPC'];
const weights = [0.3, 0.25, 0.2, 0.15, 0.1];
const [from, to] = ['2013-01-02', '2022-12-28'];
const series = symbols.map(bundled);
const inside = series[0]!.dates.flatMap((date, i) => (date >= from && date <= to ? [i] : []));
const prices = series.map((each) => Float64Array.from(inside, (i) => each.adjClose[i]!));
const options = { periodsPerYear: 252, riskFreeRate: 0.02 };

const holdings = weights.map((weight, i) => ({ symbol: symbols[i]!, weight }));
const request = { ...AnalysisRequest.parse({ holdings, from, to, riskFreeRate: 0.02 }), holdings };
const expected = analyse({ request, series });

function named({ performance, risk }: { performance?: unknown; risk?: unknown }) {
  const [own, losses] = [performance as Performance, risk as Risk];
  return {
    ...own,
    ...losses,
    maxDrawdown: own.maxDrawdown.value,
    historicalVar95: losses.var.historical['0.95'],
    historicalVar99: losses.var.historical['0.99'],
    historicalCvar95: losses.cvar.historical['0.95'],
    historicalCvar99: losses.cvar.historical['0.99'],
  };
}

describe('RunningReport', () => {
  it.each([0, 1, 700, 2000])('has the figures of an analysis after %d appended days', (appended) => {
    const running = new RunningReport(
      prices.map((each) => each.slice(0, each.length - appended)),
      weights,
      options,
    );
    for (let day = prices[0]!.length - appended; day < prices[0]!.length; day++)
      running.append(prices.map((each) => each[day]!));
    const report = running.report();
    expect(differences(named(expected.portfolio), report.portfolio, 'portfolio')).toEqual([]);
    report.assets.forEach((each, i) => expect(differences(named(expected.assets[i]!), each, symbols[i]!)).toEqual([]));
    const { matrix } = expected.correlation as { matrix: number[][] };
    expect(differences(matrix.flat(), Array.from(report.correlation), 'correlation')).toEqual([]);
    const shares = expected.assets.map(({ riskContribution }) => riskContribution);
    expect(differences(shares, Array.from(report.riskContribution), 'riskContribution')).toEqual([]);
  });

  it('refuses what it cannot begin with', () =>
    expect(() => new RunningReport([new Float64Array(2), new Float64Array(2)], [1], options)).toThrow('three prices'));
});
