import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { ask, market, portfolios, runTool, stopAll, userId, watchlists } from '../offline-answers.fixture';

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
afterAll(stopAll);

const mine = (user = userId, asOf?: string) => runTool('get_my_portfolios', {}, user, asOf);

describe('what a user keeps', () => {
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
