import { randomUUID } from 'node:crypto';
import { analyse } from '@stocktool/analytics';
import {
  AnalysisRequest,
  isAvailable,
  OptimizationRequest,
  type Holding,
  type OptimalPortfolio,
} from '@stocktool/contracts';
import { v7 as uuidv7 } from 'uuid';
import { analyses, ask, market, portfolios, runTool, stopAll, userId, watchlists } from '../offline-answers.fixture';

afterAll(stopAll);

describe('what if', () => {
  const period = { from: '2014-01-02', to: '2017-12-29' };
  const held = [{ symbol: 'AAPL', quantity: 100 }, { symbol: 'KO', quantity: 50 }]; // prettier-ignore
  const [owner, stranger, portfolioId] = [randomUUID(), randomUUID(), uuidv7()];
  beforeAll(async () => {
    await portfolios.create(owner, portfolioId, {
      name: 'Retirement',
      currency: 'USD',
      holdings: held,
      weeklyReport: false,
    });
  });

  const whatIf = (args: object, userId = owner) => runTool('what_if', { ...period, ...args }, userId);
  const sell = (symbol: string, size: object) => ({ action: 'sell', symbol, ...size });
  /** What an analysis over the API says of the same holdings and period. */
  async function analysisOf(holdings: Holding[]) {
    const request = AnalysisRequest.parse({ holdings, ...period });
    const symbols = [...holdings.map(({ symbol }) => symbol), '^GSPC'];
    const series = await Promise.all(symbols.map((symbol) => market.series(symbol)));
    const { portfolio, assets } = analyse({ request: { ...request, holdings }, series });
    if (!isAvailable(portfolio.performance) || !isAvailable(portfolio.risk)) throw new Error('no figures');
    return { performance: portfolio.performance, risk: portfolio.risk, assets };
  }

  it('gives the figures of an analysis of what is held, and of one of what would be', async () => {
    const result = await whatIf({ holdings: held, trades: [sell('AAPL', { fraction: 0.25 })] });
    expect(result).toMatchObject({ executed: false, window: { ...period } });
    const [before, after] = [await analysisOf(held), await analysisOf([{ symbol: 'AAPL', quantity: 75 }, held[1]!])];
    for (const [said, meant] of [
      [result.before, before],
      [result.after, after],
    ] as const) {
      // prettier-ignore
      expect(said).toMatchObject({
        annualVolatility: meant.performance.annualVolatility,
        sharpe: meant.performance.sharpe,
        beta: meant.risk.beta,
        maxDrawdown: meant.performance.maxDrawdown,
      });
      expect(said.tailRisk[0]).toMatchObject({ historical: meant.risk.var.historical['0.95'] });
      expect(said.assets.map(({ riskContribution }) => riskContribution)).toEqual(meant.assets.map(({ riskContribution }) => riskContribution)); // prettier-ignore
    }
    expect(result.difference.annualVolatility).toBeCloseTo(result.after.annualVolatility! - result.before.annualVolatility!, 12); // prettier-ignore
    const price = (await market.history('AAPL', { interval: '1d', adjusted: false, to: period.to })).rows.at(-1)!;
    expect(result.paidIn).toBeCloseTo(-25 * (price.close ?? price.adjClose ?? 0), 6);
  });

  it('compares on the same days although what is bought has a shorter history', async () => {
    const { window } = await whatIf({ holdings: held, from: '2012-01-03', to: '2013-02-28', trades: [{ action: 'buy', symbol: 'FB', amount: 1000 }] }); // prettier-ignore
    expect(window.from).toBe('2012-05-18');
  });

  it('is of a portfolio that its owner keeps, by its name in any case, and of nobody else’s', async () => {
    const trades = [sell('KO', { quantity: 10 })];
    expect(await whatIf({ portfolio: 'retirement', trades })).toMatchObject({ portfolio: 'Retirement' });
    expect(await whatIf({ trades })).toMatchObject({ portfolio: 'Retirement' });
    const refused = whatIf({ portfolio: 'Retirement', trades }, stranger);
    await expect(refused).rejects.toMatchObject({
      code: 'unknown-portfolio',
      message: expect.not.stringContaining('keeps: Retirement'),
    });
  });

  it('and an analysis of that portfolio goes to the workers by its id', async () => {
    const { analysisId } = await runTool('analyze_portfolio', { portfolio: 'Retirement', ...period }, owner);
    expect((await analyses.get(owner, analysisId)).request).toMatchObject({ portfolioId, ...period });
    const refused = runTool('analyze_portfolio', { portfolio: 'Retirement', ...period }, stranger);
    await expect(refused).rejects.toMatchObject({ code: 'unknown-portfolio' });
  });

  it.each([
    ['more than is held', { holdings: held, trades: [sell('AAPL', { quantity: 101 })] }, 'insufficient-holdings'],
    [
      'what nobody knows',
      { holdings: held, trades: [{ action: 'buy', symbol: 'NOPE', quantity: 1 }] },
      'symbol-not-found',
    ],
    [
      'no common days',
      { holdings: held, from: '2019-01-02', to: '2020-01-02', trades: [{ action: 'buy', symbol: 'FB', quantity: 1 }] },
      'no-date-overlap',
    ],
    ['another portfolio', { portfolio: 'Growth', trades: [sell('KO', { quantity: 1 })] }, 'unknown-portfolio'],
    ['both', { portfolio: 'Retirement', holdings: held, trades: [sell('KO', { quantity: 1 })] }, 'validation-failed'],
  ])('is refused: %s', async (_, args, code) => {
    // prettier-ignore
    await expect(whatIf(args)).rejects.toMatchObject({ code });
  });
});

describe('an optimum', () => {
  const period = { from: '2014-01-02', to: '2017-12-29' };
  const holdings = [{ symbol: 'AAPL', weight: 0.6 }, { symbol: 'KO', weight: 0.1 }, { symbol: 'XOM', weight: 0.3 }]; // prettier-ignore
  const optimize = (args: object) => runTool('optimize_portfolio', { ...period, ...args });

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

describe('what a user keeps', () => {
  const stranger = randomUUID();
  const kept = { currency: 'USD', weeklyReport: false };
  const bought = (date: string, symbol: string, quantity: number) => ({ date, type: 'buy' as const, symbol, quantity, price: 20 }); // prettier-ignore
  beforeAll(async () => {
    const holdings = [{ symbol: 'KO', quantity: 5, cost: 200 }, { symbol: 'AAPL', quantity: 10 }]; // prettier-ignore
    await portfolios.create(userId, uuidv7(), { ...kept, name: 'Retirement', holdings });
    const transactions = [bought('2015-03-02', 'JNJ', 10), bought('2019-03-04', 'JNJ', 7)];
    await portfolios.create(userId, uuidv7(), { ...kept, name: 'Traded', transactions });
    await portfolios.create(userId, uuidv7(), { ...kept, name: 'Odd', holdings: [{ symbol: 'NOPE', quantity: 1 }] });
    await watchlists.create(userId, uuidv7(), { name: 'Drinks', symbols: ['PEP', 'KO', 'NOPE'] });
  });

  const mine = (user = userId, asOf?: string) => runTool('get_my_portfolios', {}, user, asOf);

  it('is shown with the values of the latest prices, the newest first', async () => {
    const { portfolios: found, watchlists: lists } = await mine();
    expect(found.map(({ name }) => name)).toEqual(['Odd', 'Traded', 'Retirement']);
    const [apple, coke] = await Promise.all(['AAPL', 'KO'].map((symbol) => market.quote(symbol)));
    const value = 10 * apple!.price + 5 * coke!.price;
    expect(found[2]).toMatchObject({ value, asOf: '2022-12-28', holdingsFrom: 'given' });
    expect(found[2]!.holdings[0]).toMatchObject({ symbol: 'AAPL', weight: (10 * apple!.price) / value, cost: null });
    expect(found[1]!.holdings).toMatchObject([{ symbol: 'JNJ', quantity: 17 }]);
    expect(lists).toMatchObject([{ name: 'Drinks', items: [{ symbol: 'PEP' }, { symbol: 'KO', price: coke!.price }, { price: null }] }]); // prettier-ignore
  });

  it('has no value where a price is missing, and says of what', async () => {
    const [odd] = (await mine()).portfolios;
    expect(odd).toMatchObject({ value: null, notes: ['There is no price in USD of NOPE.'] });
  });

  it('is as it was then: without later transactions, at the prices of then', async () => {
    const { portfolios: found } = await mine(userId, '2016-06-30');
    expect(found[1]).toMatchObject({ asOf: '2016-06-30', holdings: [{ symbol: 'JNJ', quantity: 10 }] });
  });

  it('is nobody else’s', async () => {
    expect(await mine(stranger)).toMatchObject({ portfolios: [], watchlists: [] });
  });

  it('is told in words, every number backed', async () => {
    const { content, grounding } = await ask('Show my portfolios and watchlists');
    expect(content).toMatch(/\*\*Your portfolio Retirement\*\*, value \$[\d,.]+ on 2022-12-28/);
    expect(content).toMatch(/\*\*Your watchlist Drinks\*\*/);
    expect(grounding.filter(({ ok }) => !ok)).toEqual([]);
    expect(grounding.length).toBeGreaterThan(8);
  });
});
