import { randomUUID } from 'node:crypto';
import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { EventPublisher, TopicDirectory } from '@stocktool/aws-sns';
import { Problem, type StockToolEvent } from '@stocktool/contracts';
import type { SourceQuote } from '@stocktool/market-data';
import { AlertTable, Watched } from '@stocktool/portfolios';
import { createTable, FixedClock, localDynamo, localSns, type LocalResource } from '@stocktool/testing';
import { v7 as uuidv7 } from 'uuid';
import { EvaluateAlerts } from './evaluate-alerts';
import { RunPlaces } from './run-places';

const [client, sns] = [localDynamo(), localSns()];
const clock = new FixedClock('2030-03-11T20:30:00.000Z');
const dynamo = new Dynamo(client, clock);
const topicName = `alerts-${randomUUID()}`;
const unreadable: unknown[] = [];
let table: LocalResource;
let alerts: AlertTable;

beforeAll(async () => {
  await sns.send(new CreateTopicCommand({ Name: topicName }));
});
beforeEach(async () => {
  table = await createTable('portfolios');
  alerts = new AlertTable(dynamo, clock, table.name);
});
afterEach(() => table.drop());
afterAll(() => {
  client.destroy();
  sns.destroy();
});

class Recording extends EventPublisher {
  readonly events: StockToolEvent[] = [];
  failures = 0;
  override async publish(event: StockToolEvent): Promise<void> {
    if (this.failures-- > 0) throw new Problem('dependency-unavailable', 'The notification service is away.');
    await super.publish(event);
    this.events.push(event);
  }
}

const cache = await createTable('stockCache');
afterAll(() => cache.drop());
const places = new RunPlaces(dynamo, clock, cache.name);
function updater() {
  const publisher = new Recording(sns, new TopicDirectory(sns), () => topicName);
  const watched = new Watched(dynamo, (itemId) => unreadable.push(itemId), table.name);
  return {
    publisher,
    watched,
    evaluate: new EvaluateAlerts(watched, alerts, publisher, clock, { places, report: () => undefined }),
  };
}

let minute = 0;
/** Each later than the one before. */
const quote = (price: number, changePercent: number | null = null, symbol = 'AAPL'): SourceQuote => ({
  symbol,
  price,
  currency: 'USD',
  previousClose: null,
  change: null,
  changePercent,
  asOf: new Date(Date.UTC(2030, 2, 11, 15, minute++)).toISOString(),
  source: 'test',
});
const conditions = (events: readonly StockToolEvent[]) =>
  events.map(({ data }) => ('condition' in data ? data.condition : undefined));
async function alert(terms: object, symbol = 'AAPL') {
  const [userId, id] = [randomUUID(), uuidv7()];
  await alerts.create(userId, id, { symbol, holds: [], ...terms });
  return { userId, id, now: () => alerts.get(userId, id) };
}

describe('an alert', () => {
  it('fires once for each crossing: when its condition begins to hold, and again after it did not', async () => {
    const { evaluate, publisher } = updater();
    const { userId, id, now } = await alert({ above: 150 });
    for (const price of [149, 150, 160, 149.99, 151, 152]) await evaluate.run([quote(price)]);
    expect(conditions(publisher.events)).toEqual(['at or above 150', 'at or above 150']);
    expect(publisher.events.map(({ data }) => data)).toMatchObject([
      { userId, alertId: id, symbol: 'AAPL', price: 150, source: 'test' },
      { price: 151 },
    ]);
    expect(new Set(publisher.events.map((event) => event.id)).size).toBe(2);
    expect(await now()).toMatchObject({ holds: ['above'], revision: 1, lastFiredAt: clock.now().toISOString() });
    expect((await now()).event).toBeUndefined();
  });

  it('has conditions that fire each for itself', async () => {
    const { evaluate, publisher } = updater();
    await alert({ above: 150, below: 100, changePercent: 5 });
    for (const [price, change] of [
      [120, null],
      [120, 4.99],
      [152, 6],
      [90, -40],
      [95, 5],
      [120, -5],
    ] as const)
      await evaluate.run([quote(price, change)]);
    expect(conditions(publisher.events)).toEqual(['at or above 150, moved by 5 % or more', 'at or below 100']);
  });

  it('fires once when several runs look at the same time', async () => {
    const { evaluate, publisher } = updater();
    const made = await Promise.all(Array.from({ length: 5 }, () => alert({ above: 1 })));
    const same = quote(2);
    await Promise.all([evaluate.run([same]), evaluate.run([same]), evaluate.run([same])]);
    expect(new Set(publisher.events.map(({ id }) => id)).size).toBe(made.length);
  });

  it('is published by the next run, under the same id, when this one dies before', async () => {
    const { evaluate, publisher } = updater();
    const { now } = await alert({ below: 10 });
    publisher.failures = 1;
    expect(await evaluate.run([quote(9)])).toEqual({ evaluated: 0, fired: 0, failed: 1 });
    expect(publisher.events).toEqual([]);
    const { event } = await now();
    expect(await evaluate.run([quote(9)])).toEqual({ evaluated: 1, fired: 1, failed: 0 });
    expect(publisher.events).toEqual([JSON.parse(event!)]);
    expect(await evaluate.run([quote(9)])).toEqual({ evaluated: 1, fired: 0, failed: 0 });
    expect(publisher.events).toHaveLength(1);
  });

  it('is armed again by a change of its user, loses no event by it, and learns nothing from an older quote', async () => {
    const { evaluate, publisher } = updater();
    const { userId, id, now } = await alert({ above: 10 });
    const [older, newer] = [quote(5), quote(11)];
    publisher.failures = 1;
    await evaluate.run([newer]);
    await alerts.change(userId, id, { make: ({ event }) => ({ symbol: 'AAPL', above: 9, holds: [], event }) });
    await evaluate.run([newer]);
    expect(conditions(publisher.events)).toEqual(['at or above 10', 'at or above 9']);
    await evaluate.run([older]);
    expect((await now()).holds).toEqual(['above']);
  });

  it('is looked at by the next run first, where the time of one was over before its turn', async () => {
    const { evaluate, publisher } = updater();
    const made = await Promise.all(Array.from({ length: 40 }, () => alert({ above: 1 })));
    let turns = 10;
    const first = await evaluate.run([quote(2)], { isOver: () => turns-- <= 0 });
    expect(first).toEqual({ evaluated: 10, fired: 10, failed: 0, unfinished: true });
    turns = 31;
    expect(await evaluate.run([quote(2)], { isOver: () => turns-- <= 0 })).toMatchObject({ fired: 30 });
    expect(new Set(publisher.events.map(({ subject }) => subject))).toEqual(new Set(made.map(({ id }) => id)));
    expect(await evaluate.run([quote(2)])).not.toHaveProperty('unfinished');
    expect(await evaluate.run([quote(2)])).toEqual({ evaluated: 40, fired: 0, failed: 0 });
  });

  it('is not looked at when another symbol is asked for, and a row nobody can read stops no other', async () => {
    const { evaluate, publisher } = updater();
    const spoilt = await alert({ above: 1 }, 'IBM');
    await dynamo.update({
      TableName: table.name,
      Key: { userId: spoilt.userId, itemId: `alert#${spoilt.id}` },
      UpdateExpression: 'SET holds = :bad',
      ExpressionAttributeValues: { ':bad': 'nonsense' },
    });
    await Promise.all([alert({ above: 1 }, 'IBM'), alert({ above: 1 }, 'AAPL'), alert({ above: 1 }, 'AA')]);
    const quotes = [quote(2, null, 'IBM'), quote(2, null, 'AAPL'), quote(2, null, 'AA')];
    expect(await evaluate.run(quotes, { symbols: ['AA', 'IBM'] })).toEqual({ evaluated: 2, fired: 2, failed: 0 });
    expect(unreadable).toContain(`alert#${spoilt.id}`);
    expect(await evaluate.run(quotes)).toMatchObject({ evaluated: 3, fired: 1 });
    expect(publisher.events).toHaveLength(3);
  });
});
