import { analyse } from '@stocktool/analytics';
import { AnalysisRequest, isAvailable, OptimizationRequest, type OptimalPortfolio } from '@stocktool/contracts';
import { market, runTool, stopAll } from '../offline-answers.fixture';

afterAll(stopAll);
const period = { from: '2014-01-02', to: '2017-12-29' };
const holdings = [{ symbol: 'AAPL', weight: 0.6 }, { symbol: 'KO', weight: 0.1 }, { symbol: 'XOM', weight: 0.3 }]; // prettier-ignore
const optimize = (args: object) => runTool('optimize_portfolio', { ...period, ...args });

describe('an optimum', () => {
  it('is that of an analysis of the same holdings, beside the weights now', async () => {
    const result = await optimize({ holdings, objective: 'minVariance', maxWeight: 0.5 });
    const request = AnalysisRequest.parse({ holdings, ...period, include: ['optimization'] });
    const series = await Promise.all(['AAPL', 'KO', 'XOM', '^GSPC'].map((symbol) => market.series(symbol)));
    const optimization = OptimizationRequest.parse({ maxWeight: 0.5 });
    const whole = analyse({ request: { ...request, holdings, optimization }, series }).optimization;
    if (!isAvailable(whole) || !isAvailable<OptimalPortfolio>(whole.minVariance)) throw new Error('no optimum');
    const { weights, volatility, return: expectedReturn, sharpe } = whole.minVariance;
    expect(result.optimal).toMatchObject({ volatility, expectedReturn, sharpe });
    expect(Object.fromEntries(result.optimal!.assets.map(({ symbol, weight }) => [symbol, weight]))).toEqual(weights);
    expect(result.current).toMatchObject({ volatility: whole.current.volatility, sharpe: whole.current.sharpe });
    expect(result.difference!.volatility).toBeCloseTo(volatility - whole.current.volatility, 12);
    const moved = holdings.reduce((sum, { symbol, weight }) => sum + Math.abs(weights[symbol]! - weight), 0);
    expect(result.turnover).toBeCloseTo(moved, 12);
    expect(result.optimal!.assets.every(({ weight }) => weight <= 0.5 + 1e-9)).toBe(true);
  });

  it('of symbols alone has nothing to be compared with', async () => {
    const result = await optimize({ symbols: ['AAPL', 'KO'], objective: 'riskParity' });
    expect(result.optimal!.assets).toHaveLength(2);
    expect(result).toMatchObject({ executed: false, turnover: null });
    expect(result).not.toHaveProperty('current');
  });

  it.each([
    ['bounds that cannot be met', { maxWeight: 0.3 }, 'infeasible-bounds'],
    ['a return out of reach', { objective: 'targetReturn', target: 5 }, 'target-out-of-reach'],
    ['bounds of what is not held', { bounds: [{ symbol: 'IBM', max: 0.1 }] }, 'unknown-symbol'],
  ])('says why there is none: %s', async (_, args, code) => {
    const { optimal, unavailable } = await optimize({ holdings, ...args });
    expect(optimal).toBeUndefined();
    expect(unavailable!.code).toBe(code);
    expect(unavailable!.reason.length).toBeGreaterThan(10);
  });

  it.each([
    ['a target that is missing', { holdings, objective: 'targetReturn' }, 'validation-failed'],
    ['a target of what has none', { holdings, objective: 'hrp', target: 0.1 }, 'validation-failed'],
    ['symbols and holdings', { holdings, symbols: ['AAPL', 'KO'] }, 'validation-failed'],
    ['one symbol twice', { symbols: ['AAPL', 'AAPL'] }, 'validation-failed'],
    ['an unknown symbol', { symbols: ['AAPL', 'NOPE'] }, 'symbol-not-found'],
  ])('is refused for %s', async (_, args, code) => {
    await expect(optimize(args)).rejects.toMatchObject({ code });
  });
});
