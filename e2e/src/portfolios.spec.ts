import { api, eventually, finished, finishedAnalysis, newUser, type User } from './client';
import { callStockUpdater } from './stock-updater';
import { webhookReceiver } from './webhook-receiver';

let user: User;
beforeAll(async () => {
  user = await newUser();
});

const make = async (body: object, by = user) => {
  const answer = await api('POST', '/v1/portfolios', { token: by.token, body });
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.body as { id: string; revision: number };
};
const importing = (id: string, text: string, by = user) =>
  api('POST', `/v1/portfolios/${id}/import`, { token: by.token, text, headers: { 'content-type': 'text/csv' } });
const header = 'date,type,symbol,quantity,price,amount';
const account = [
  header,
  '2010-01-04,buy,IBM,10,132.45,',
  '2010-01-04,buy,GOOG,2,626.75,',
  '2010-03-10,dividend,IBM,,,5.5',
  '2011-01-03,sell,IBM,4,147.48,',
].join('\n');
const period = { from: '2010-01-04', to: '2012-12-31' };

describe('an analysis of a portfolio', () => {
  it('weighs what is held and has the returns of the account from its transactions', async () => {
    const { id } = await make({ name: 'Account' });
    expect((await importing(id, account)).body).toMatchObject({ imported: 4, duplicates: 0 });
    expect((await importing(id, account)).body).toMatchObject({ imported: 0, duplicates: 4 });
    const { body } = await api('GET', `/v1/portfolios/${id}`, { token: user.token });
    expect(body.holdings).toEqual([
      { symbol: 'IBM', quantity: 6 },
      { symbol: 'GOOG', quantity: 2 },
    ]);
    const { status, request, result } = await finishedAnalysis(user, { portfolioId: id, ...period });
    expect([status, request.portfolioId]).toEqual(['succeeded', id]);
    // At the closes of 2012-12-31 (IBM 191.55, GOOG 707.38) it is worth 6 * 191.55 + 2 * 707.38 = 2564.06.
    const weights = (result.assets as { symbol: string; weight: number }[]).map(({ symbol, weight }) => [
      symbol,
      weight,
    ]);
    expect(weights).toEqual([
      ['IBM', expect.closeTo(1149.3 / 2564.06, 12)],
      ['GOOG', expect.closeTo(1414.76 / 2564.06, 12)],
    ]);
    // Flows -2578 on day 0, 5.5 on day 65, 589.92 on day 364, 2564.06 on day 1092. XIRR, Act/365, by 300 bisections of the net present value
    // in Python; modified Dietz from its definition there.
    expect(result.portfolio.accounts).toMatchObject({
      from: '2010-01-04',
      to: '2012-12-31',
      moneyWeighted: {
        annualized: expect.closeTo(0.08171059368663368, 11),
        total: expect.closeTo(0.26489036325259874, 11),
      },
      modifiedDietz: { total: expect.closeTo(0.2667893366676505, 11) },
    });
    const early = await finishedAnalysis(user, { portfolioId: id, from: '2010-01-04', to: '2010-12-31' });
    expect(early.result.assets).toMatchObject([{ symbol: 'IBM' }, { symbol: 'GOOG' }]);
    const { weight } = early.result.assets[0] as { weight: number };
    expect(weight).toBeCloseTo((10 * 146.76) / (10 * 146.76 + 2 * 593.97), 12); // before the sale
  });

  it('takes given holdings by quantity, and thousands of transactions from S3', async () => {
    const { id } = await make({ name: 'Given', holdings: [{ symbol: 'KO', quantity: 5 }] });
    const given = await finishedAnalysis(user, { portfolioId: id });
    expect(given).toMatchObject({ status: 'succeeded', result: { assets: [{ symbol: 'KO', weight: 1 }] } });
    expect(given.result.portfolio).not.toHaveProperty('accounts');
    const lines = Array.from({ length: 4000 }, (_, n) => {
      const date = new Date(Date.UTC(2001, 0, 2 + n)).toISOString().slice(0, 10);
      return `${date},buy,KO,${((n * 7919) % 9973) / 100 + 1},${((n * 31_337) % 4999) / 100 + 10},`;
    });
    const { id: many } = await make({ name: 'Many' });
    expect((await importing(many, [header, ...lines].join('\n'))).body).toMatchObject({ transactionCount: 4000 });
    const { status, result } = await finishedAnalysis(user, { portfolioId: many });
    expect(status).toBe('succeeded');
    expect(result.portfolio.accounts).toMatchObject({
      from: '2001-01-02',
      moneyWeighted: { total: expect.any(Number) },
    });
    expect(result.warnings).toContainEqual(expect.objectContaining({ code: 'splits-unknown' }));
  });

  it('is refused when there is no such portfolio, another’s, an empty one, or one in another currency', async () => {
    const stranger = await newUser();
    const { id: foreign } = await make({ name: 'Foreign', holdings: [{ symbol: 'KO', quantity: 5 }] }, stranger);
    const { id: empty } = await make({ name: 'Empty' });
    const { id: euro } = await make({ name: 'Euro', currency: 'EUR', holdings: [{ symbol: 'KO', quantity: 5 }] });
    for (const [portfolioId, code] of [
      [foreign, 'unknown-portfolio'],
      ['01972f7e-8b6c-7c3a-9d5e-0a1b2c3d4e5f', 'unknown-portfolio'],
      [empty, 'portfolio-empty'],
      [euro, 'currency-mismatch'],
    ]) {
      const { status, body } = await api('POST', '/v1/analyses', { token: user.token, body: { portfolioId } });
      expect([status, body.type]).toEqual([422, `/problems/${code}`]);
    }
  });
});

describe('the stock updater', () => {
  it('tells of a price alert once, however often it is called, and refreshes what is watched', async () => {
    const own = await newUser();
    const receiver = await webhookReceiver();
    const subscription = { channel: 'webhook', target: receiver.url, events: ['price.alert'] };
    await api('POST', '/v1/subscriptions', { token: own.token, body: subscription });
    const body = { symbol: 'IBM', above: 1 };
    const { body: alert } = await api('POST', '/v1/alerts', { token: own.token, body });
    for (const _ of ['first', 'again']) {
      const answer = await callStockUpdater({});
      expect(answer).toContain('"failed":[]');
      expect(answer).toContain('"IBM"');
    }
    await eventually('the alert arrives', () => Promise.resolve(receiver.received.length > 0));
    const { body: fired } = await api('GET', `/v1/alerts/${alert.id}`, { token: own.token });
    expect(fired).toMatchObject({ holds: ['above'], lastFiredAt: expect.any(String), revision: 1 });
    expect(receiver.received.map(({ text }) => JSON.parse(text) as object)).toMatchObject([
      { type: 'price.alert', data: { alertId: alert.id, symbol: 'IBM', condition: 'at or above 1', sequence: 1 } },
    ]);
    receiver.close();
  });

  it('asks for the weekly report of a portfolio once', async () => {
    const own = await newUser();
    const holdings = [{ symbol: 'KO', quantity: 5 }];
    const { id } = await make({ name: 'Weekly', holdings, weeklyReport: true }, own);
    for (const _ of ['first', 'again']) await callStockUpdater({ schedule: 'weekly' });
    const { body } = await api('GET', '/v1/analyses', { token: own.token });
    expect(body.items).toHaveLength(1);
    const analysis = await finished(own, (body.items as { id: string }[])[0]!.id);
    expect(analysis).toMatchObject({ status: 'succeeded', attempts: 1, request: { portfolioId: id } });
  });

  it('lose nothing when objects without a row are looked for', async () => {
    for (const _ of ['first', 'again']) {
      const summary = JSON.parse(await callStockUpdater({ schedule: 'upkeep' }));
      expect(summary).toMatchObject({ cleaned: { removed: 0, failed: 0 }, news: { failed: 0, left: 0 } });
    }
  });
});
