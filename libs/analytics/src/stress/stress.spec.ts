import { AnalysisRequest } from '@stocktool/contracts';
import { analyse } from '../analyse';
import { bundled } from '../bundled.fixture';
import type { AssetPrices } from '../series/alignment';
import type { StressRow } from './covered-part';
import { historicalWindows } from './historical-windows';

const stressed = (request: object, series: AssetPrices[], factors: AssetPrices[] = []) => {
  const parsed = AnalysisRequest.parse({ include: ['stress'], ...request });
  const result = analyse({ request: { ...parsed, holdings: parsed.holdings! }, series, factors });
  return { rows: result.stress as StressRow[], warnings: result.warnings };
};
const row = (rows: StressRow[], scenario: string): StressRow => {
  const found = rows.find((each) => each.scenario.startsWith(scenario));
  if (!found) throw new Error(`no scenario ${scenario}`);
  return found;
};
const market = bundled('^GSPC');
const between = (series: AssetPrices, from: string, to: string): AssetPrices => {
  const kept = series.dates.map((_, i) => i).filter((i) => series.dates[i]! >= from && series.dates[i]! <= to);
  return {
    ...series,
    dates: kept.map((i) => series.dates[i]!),
    adjClose: kept.map((i) => series.adjClose[i]!),
    close: kept.map(() => null),
  };
};
const renamed = (series: AssetPrices, symbol: string): AssetPrices => ({ ...series, symbol });

describe('historical windows', () => {
  it.each(historicalWindows)('$scenario runs from the high of its span to the low after it', ({ from, to, span }) => {
    const { dates, adjClose } = between(market, span[0], span[1]);
    const inside = dates.map((date, i) => ({ date, close: adjClose[i]! }));
    const high = inside.reduce((best, each) => (each.close > best.close ? each : best));
    const low = inside
      .filter(({ date }) => date >= high.date)
      .reduce((worst, each) => (each.close < worst.close ? each : worst));
    expect({ from, to }).toEqual({ from: high.date, to: low.date });
  });

  it('are those of an analysis of that window at the same weights', () => {
    const holdings = [
      { symbol: 'AAPL', weight: 0.3 },
      { symbol: 'JPM', weight: 0.7 },
    ];
    const series = [bundled('AAPL'), bundled('JPM'), market];
    const { rows } = stressed({ holdings, from: '2014-01-02', to: '2017-12-29' }, series);
    const { from, to, portfolioReturn } = row(rows, '2020-03');
    const request = AnalysisRequest.parse({ holdings, from, to, include: ['performance'] });
    const { portfolio } = analyse({ request: { ...request, holdings }, series });
    expect(portfolio.performance).toMatchObject({ totalReturn: expect.closeTo(portfolioReturn!, 14) });
  });

  it('scale up the covered part, and name what has no data', () => {
    const holdings = [
      { symbol: 'FB', weight: 0.25 },
      { symbol: 'AAPL', weight: 0.75 },
    ];
    const { rows } = stressed({ holdings }, [bundled('FB'), bundled('AAPL'), market]);
    const alone = stressed({ holdings: [{ symbol: 'AAPL', weight: 1 }] }, [bundled('AAPL'), market]);
    const crash = row(rows, '2020-03');
    expect(crash).toMatchObject({ coverage: 0.75, uncovered: ['FB'] });
    expect(crash.portfolioReturn).toBeCloseTo(row(alone.rows, '2020-03').portfolioReturn!, 14);
  });

  it('have no return and a warning where nothing has data', () => {
    const { rows, warnings } = stressed({ holdings: [{ symbol: 'FB', weight: 1 }] }, [bundled('FB'), market]);
    expect(row(rows, '2011')).toMatchObject({
      portfolioReturn: null,
      heldReturn: null,
      coverage: 0,
      uncovered: ['FB'],
    });
    const at = rows.indexOf(row(rows, '2011'));
    expect(warnings).toContainEqual(expect.objectContaining({ path: `stress.${at}.portfolioReturn` }));
    const warned = new Set(warnings.map(({ path }) => path));
    rows.forEach((each, i) => {
      for (const [name, value] of Object.entries(each))
        if (value === null) expect(warned).toContain(`stress.${i}.${name}`);
    });
  });

  it('take a price up to a week old at an end, no older', () => {
    const whole = bundled('KO');
    const without = (from: string, to: string): AssetPrices => ({
      ...renamed(whole, '~KO'),
      adjClose: Array.from(whole.adjClose, (price, i) =>
        whole.dates[i]! >= from && whole.dates[i]! <= to ? null : price,
      ),
    });
    const crash = (series: AssetPrices) =>
      row(stressed({ holdings: [{ symbol: '~KO', weight: 1 }] }, [series, market]).rows, '2020-03');
    const [eve, low] = ['2020-02-18', '2020-03-23'].map((date) => whole.adjClose[whole.dates.indexOf(date)]!);
    expect(crash(without('2020-02-19', '2020-02-19')).portfolioReturn).toBeCloseTo(low! / eve! - 1, 12);
    expect(crash(without('2020-02-10', '2020-02-19'))).toMatchObject({ coverage: 0, portfolioReturn: null });
  });
});

describe('instant shocks', () => {
  it('move the market by its own shock, and lose no more than everything', () => {
    const prices = [100];
    for (let i = 1; i < market.dates.length; i++)
      prices.push(prices[i - 1]! * (1 + 3 * (market.adjClose[i]! / market.adjClose[i - 1]! - 1)));
    const triple = { ...renamed(market, '~THRICE'), adjClose: prices };
    const range = { from: '2014-01-02', to: '2017-12-29' };
    const { rows } = stressed({ holdings: [{ symbol: '~THRICE', weight: 1 }], ...range }, [triple, market]);
    const own = stressed({ holdings: [{ symbol: '^GSPC', weight: 1 }], ...range }, [market]).rows;
    expect(row(own, 'market -20 %')).toMatchObject({
      beta: expect.closeTo(1, 12),
      portfolioReturn: expect.closeTo(-0.2, 12),
    });
    expect(row(rows, 'market -20 %')).toMatchObject({
      beta: expect.closeTo(3, 10),
      portfolioReturn: expect.closeTo(-0.6, 10),
    });
    expect(row(rows, 'market -40 %')).toMatchObject({ portfolioReturn: -1, benchmarkReturn: -0.4 });
    expect(row(rows, 'market +10 %').portfolioReturn).toBeCloseTo(0.3, 10);
  });

  it('of a factor that nobody has prices of say coverage 0', () => {
    const holdings = [{ symbol: 'AAPL', weight: 1 }];
    const { rows, warnings } = stressed({ holdings }, [bundled('AAPL'), market], [bundled('MTUM')]);
    expect(row(rows, 'momentum')).toMatchObject({ coverage: 1, shock: { factor: 'MTUM', move: -0.1 } });
    const quality = row(rows, 'quality');
    expect(quality).toMatchObject({ coverage: 0, portfolioReturn: null });
    expect(quality.beta).toBeUndefined();
    expect(warnings.map(({ path }) => path)).toContain(`stress.${rows.indexOf(quality)}.portfolioReturn`);
  });

  it('know no beta to a benchmark that does not move', () => {
    const flat = { ...renamed(market, '~FLAT'), adjClose: market.dates.map(() => 5) };
    const { rows } = stressed({ holdings: [{ symbol: 'KO', weight: 1 }], benchmark: '~FLAT' }, [bundled('KO'), flat]);
    expect(row(rows, 'market -10 %')).toMatchObject({ portfolioReturn: null, coverage: 0, uncovered: ['KO'] });
  });
});

describe('correlation to one', () => {
  it('falls further than the correlations measured, and no further for one holding', () => {
    const holdings = ['AAPL', 'KO', 'XOM'].map((symbol, i) => ({ symbol, weight: [0.5, 0.3, 0.2][i]! }));
    const { rows } = stressed({ holdings }, [...holdings.map(({ symbol }) => bundled(symbol)), market]);
    const { portfolioReturn, atMeasuredCorrelation } = row(rows, 'all correlations 1');
    expect(portfolioReturn!).toBeLessThan(atMeasuredCorrelation! * 1.2);
    const one = row(
      stressed({ holdings: [{ symbol: 'KO', weight: 1 }] }, [bundled('KO'), market]).rows,
      'all correlations 1',
    );
    expect(one.portfolioReturn).toBeCloseTo(one.atMeasuredCorrelation!, 14);
  });
});
