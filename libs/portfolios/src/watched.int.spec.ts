import { randomUUID } from 'node:crypto';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { createTable, FixedClock, localDynamo, type LocalResource } from '@stocktool/testing';
import { v7 as uuidv7 } from 'uuid';
import { AlertTable } from './alert.table';
import { PortfolioTable } from './portfolio.table';
import { Watched } from './watched';
import { WatchlistTable } from './watchlist.table';

const client = localDynamo();
const clock = new FixedClock('2030-03-11T20:30:00.000Z');
const dynamo = new Dynamo(client, clock);
let table: LocalResource;
beforeAll(async () => {
  table = await createTable('portfolios');
});
afterAll(async () => {
  await table.drop();
  client.destroy();
});

describe('what everybody watches', () => {
  it('is each symbol of the market once, whoever watches, holds, has traded or waits for it, and not what was deleted', async () => {
    const watchlists = new WatchlistTable(dynamo, clock, table.name);
    const portfolios = new PortfolioTable(dynamo, clock, table.name);
    const alerts = new AlertTable(dynamo, clock, table.name);
    const watched = new Watched(dynamo, () => undefined, table.name);
    const users = Array.from({ length: 40 }, () => randomUUID());
    const gone = uuidv7();
    for (const [at, userId] of users.entries())
      await watchlists.create(userId, uuidv7(), { name: 'w', symbols: ['KO', '~MINE', `S${at}`] });
    await watchlists.create(users[0]!, gone, { name: 'gone', symbols: ['GONE'] });
    await watchlists.remove(users[0]!, gone);
    const content = { name: 'p', currency: 'USD', transactionCount: 0, weeklyReport: false };
    const holdings = [{ symbol: 'HELD', quantity: 1 }];
    await portfolios.create(users[1]!, uuidv7(), { ...content, holdings, transactionSymbols: ['SOLD'] });
    await portfolios.create(users[2]!, uuidv7(), { ...content, transactionSymbols: ['TRADED'] });
    await alerts.create(users[3]!, uuidv7(), { symbol: 'ALERT', above: 1, holds: [] });

    const symbols = await watched.symbols();
    const own = users.map((_, at) => `S${at}`);
    expect(symbols).toEqual([...own, 'KO', 'HELD', 'TRADED', 'ALERT'].sort());
  });
});
