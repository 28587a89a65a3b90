import { randomUUID } from 'node:crypto';
import { analyse } from '@stocktool/analytics';
import { AnalysisRequest, isAvailable, type Holding } from '@stocktool/contracts';
import { v7 as uuidv7 } from 'uuid';
import { analyses, market, portfolios, runTool, stopAll } from '../offline-answers.fixture';

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
afterAll(stopAll);

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

describe('what if', () => {
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
