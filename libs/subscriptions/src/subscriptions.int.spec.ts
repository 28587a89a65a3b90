import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Dynamo } from '@stocktool/aws-dynamodb';
import type { SubscriptionRequest } from '@stocktool/contracts';
import { createTable, FixedClock, localDynamo, ManualMetrics, type LocalResource } from '@stocktool/testing';
import { v7 as uuidv7 } from 'uuid';
import { deliveryIdOf } from './delivery-id';
import { DeliveryTable } from './delivery.table';
import type { DeliveryRow } from './delivery-rows';
import { SubscriptionTable } from './subscription.table';

const errors = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
const client = localDynamo();
/** After the real present: the store itself drops what has expired. */
const clock = new FixedClock('2031-03-03T15:00:00.000Z');
const webhook: SubscriptionRequest = { channel: 'webhook', target: 'https://example.com/hook', events: ['analysis.*'] };
const open = { allowPrivateNetworks: false };
let table: LocalResource;
let subscriptions: SubscriptionTable;
let deliveries: DeliveryTable;
const metrics = new ManualMetrics();

beforeAll(async () => {
  table = await createTable('subscriptions');
  const dynamo = new Dynamo(client, clock);
  subscriptions = new SubscriptionTable(dynamo, clock, table.name, metrics);
  deliveries = new DeliveryTable(dynamo, clock, table.name);
});
afterAll(async () => {
  await table.drop();
  client.destroy();
});

describe('SubscriptionTable', () => {
  it('makes a webhook active, with a secret of 32 bytes that is shown once', async () => {
    const userId = randomUUID();
    const { subscription, confirmToken } = await subscriptions.create(userId, webhook, open);
    expect(subscription.status).toBe('active');
    expect(confirmToken).toBeUndefined();
    expect(Buffer.from(subscription.secret!.replace(/^whsec_/, ''), 'base64')).toHaveLength(32);
    expect(await subscriptions.get(userId, subscription.id)).not.toHaveProperty('secret');
  });

  it('keeps to 50 per user when 60 are asked for at once', async () => {
    const userId = randomUUID();
    for (let i = 0; i < 45; i++) await subscriptions.create(userId, webhook, open);
    const asked = await Promise.allSettled(
      Array.from({ length: 15 }, () => subscriptions.create(userId, webhook, open)),
    );
    const { items } = await subscriptions.list(userId, { limit: 100 });
    expect(items.length).toBeLessThanOrEqual(50);
    expect(items.length).toBe(45 + asked.filter(({ status }) => status === 'fulfilled').length);
    const [refused] = asked.filter((one) => one.status === 'rejected');
    expect(refused?.reason).toMatchObject({ code: 'limit-reached' });
  }, 60_000);

  it('is made once by an attempt that is repeated under its id, with the secret of the first', async () => {
    const userId = randomUUID();
    const id = uuidv7();
    const first = await subscriptions.create(userId, webhook, { ...open, id });
    const again = await subscriptions.create(userId, webhook, { ...open, id });
    expect(again).toEqual(first);
    const mail: SubscriptionRequest = { channel: 'email', target: 'other@example.com', events: ['analysis.*'] };
    const asked = { ...open, id: uuidv7() };
    await subscriptions.create(userId, mail, asked);
    const { confirmToken } = await subscriptions.create(userId, mail, asked);
    expect((await subscriptions.confirm(confirmToken!)).status).toBe('active');
    expect((await subscriptions.create(userId, mail, asked)).confirmToken).toBeUndefined();
    expect((await subscriptions.list(userId, { limit: 10 })).items).toHaveLength(2);
  });

  it('steps over a row that nobody can read: named and counted without what is in it, the others are served', async () => {
    const userId = randomUUID();
    const [first, spoilt, last] = await Promise.all(
      [1, 2, 3].map(async () => (await subscriptions.create(userId, webhook, open)).subscription.id),
    );
    await new Dynamo(client, clock).update({
      TableName: table.name,
      Key: { userId, itemId: `subscription#${spoilt}` },
      UpdateExpression: 'SET channel = :pigeon',
      ExpressionAttributeValues: { ':pigeon': 'pigeon of ada@example.com' },
    });
    errors.mockClear();
    const taken = await subscriptions.taking(userId, 'analysis.completed');
    expect(taken.map(({ id }) => id).sort()).toEqual([first, last].sort());
    expect(metrics.samples).toEqual([{ name: 'RowsUnreadable', value: 1, dimensions: { Table: 'subscriptions' } }]);
    expect(JSON.stringify(errors.mock.calls)).toContain(`subscription#${spoilt}`);
    expect(JSON.stringify(errors.mock.calls)).not.toMatch(/pigeon|hook/);
    errors.mockClear();
    expect((await subscriptions.list(userId, { limit: 10 })).items).toHaveLength(2);
    errors.mockClear();
    expect((await subscriptions.deleteAll(userId)).sort()).toEqual([first, spoilt, last].sort());
    expect((await subscriptions.list(userId, { limit: 10 })).items).toEqual([]);
  });

  it('shows one user nothing of another', async () => {
    const { subscription } = await subscriptions.create(randomUUID(), webhook, open);
    const stranger = randomUUID();
    const missing = { code: 'subscription-not-found' };
    await expect(subscriptions.get(stranger, subscription.id)).rejects.toMatchObject(missing);
    await expect(subscriptions.patch(stranger, subscription.id, { status: 'disabled' })).rejects.toMatchObject(missing);
    await expect(subscriptions.delete(stranger, subscription.id)).rejects.toMatchObject(missing);
  });

  it('does not let a foreign address be made active around its confirmation', async () => {
    const userId = randomUUID();
    const request: SubscriptionRequest = { channel: 'email', target: 'other@example.com', events: ['analysis.*'] };
    const { subscription, confirmToken } = await subscriptions.create(userId, request, open);
    const { id } = subscription;
    await subscriptions.patch(userId, id, { status: 'disabled' });
    await expect(subscriptions.patch(userId, id, { status: 'active' })).rejects.toMatchObject({
      code: 'target-refused',
    });
    await expect(subscriptions.confirm(`${confirmToken!.slice(0, -1)}!`)).rejects.toMatchObject({ code: 'bad-token' });
    const forged = [userId, id, 'A'.repeat(43)].join('.');
    await expect(subscriptions.confirm(forged)).rejects.toMatchObject({ code: 'bad-token' });
    expect((await subscriptions.confirm(confirmToken!)).status).toBe('disabled');
    expect((await subscriptions.patch(userId, id, { status: 'active' })).status).toBe('active');
    expect((await subscriptions.confirm(confirmToken!)).status).toBe('active');
  });

  it('takes no token after a day', async () => {
    const request: SubscriptionRequest = { channel: 'email', target: 'late@example.com', events: ['analysis.*'] };
    const { confirmToken } = await subscriptions.create(randomUUID(), request, open);
    clock.advance(24 * 3600 * 1000 + 1);
    await expect(subscriptions.confirm(confirmToken!)).rejects.toMatchObject({ code: 'bad-token' });
  });

  it('gives each number once', async () => {
    const userId = randomUUID();
    const { subscription } = await subscriptions.create(userId, webhook, open);
    const numbers = await Promise.all(
      Array.from({ length: 20 }, () => subscriptions.nextSequence(userId, subscription.id)),
    );
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });
});

describe('DeliveryTable', () => {
  const event = () => ({
    id: `${uuidv7()}:completed`,
    type: 'analysis.completed',
    time: clock.now().toISOString(),
    data: {},
  });
  const owner = () => ({ userId: randomUUID(), id: uuidv7() });
  const end = (ok: boolean) => ({
    attempt: { at: clock.now().toISOString(), ok, responseCode: ok ? 200 : 500, error: null, durationMs: 1 },
  });

  it('makes one row of many copies of an event, and gives one of many claimants the attempt', async () => {
    const [subscription, copy] = [owner(), event()];
    const rows = await Promise.all(Array.from({ length: 5 }, () => deliveries.create(subscription, copy)));
    expect(new Set(rows.map(({ id }) => id))).toEqual(new Set([deliveryIdOf(copy.id, subscription.id)]));
    const claims = await Promise.all(rows.map((row) => deliveries.claim(row, 1, 60)));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  it('refuses the record of an attempt whose lease somebody else has taken', async () => {
    const row = await deliveries.create(owner(), event());
    const stale = (await deliveries.claim(row, 1, 60))!;
    clock.advance(60_001);
    const fresh = (await deliveries.claim(row, 1, 60))!;
    expect(fresh.claims).toBe(2);
    expect(await deliveries.settle(stale, end(true))).toBe(false);
    expect(await deliveries.settle(fresh, end(true))).toBe(true);
    expect(await deliveries.claim(row, 2, 60)).toBeUndefined();
  });

  it('keeps the last twenty attempts', async () => {
    const subscription = owner();
    let row: DeliveryRow = await deliveries.create(subscription, event());
    for (let attempt = 1; attempt <= 25; attempt++) {
      row = (await deliveries.claim(row, attempt, 60))!;
      await deliveries.settle(row, { ...end(false), retryAt: clock.now() });
    }
    const shown = await deliveries.get({ ...row, subscriptionId: subscription.id });
    expect(shown.attempts).toHaveLength(20);
  });

  it('gives what is due to one sweeper, and nothing that is settled', async () => {
    const row = await deliveries.create(owner(), event());
    const settled = await deliveries.create(owner(), event());
    await deliveries.settle((await deliveries.claim(settled, 1, 60))!, end(true));
    clock.advance(61_000);
    const found = (await Promise.all([deliveries.due(100), deliveries.due(100)])).flat();
    expect(found.filter(({ deliveryId }) => deliveryId === row.id)).toEqual([
      { kind: 'delivery-due', userId: row.userId, subscriptionId: row.subscriptionId, deliveryId: row.id, attempt: 1 },
    ]);
    expect(found.some(({ deliveryId }) => deliveryId === settled.id)).toBe(false);
  });

  it('is swept past a row that nobody can read, which comes again after hours', async () => {
    const [bad, good] = [await deliveries.create(owner(), event()), await deliveries.create(owner(), event())];
    await new Dynamo(client, clock).update({
      TableName: table.name,
      Key: { userId: bad.userId, itemId: `delivery#${bad.subscriptionId}#${bad.id}` },
      UpdateExpression: 'SET attempts = :broken',
      ExpressionAttributeValues: { ':broken': 'broken' },
    });
    const swept = async () => (await deliveries.due(100)).map(({ deliveryId }) => deliveryId);
    clock.advance(61_000);
    const first = await swept();
    expect([first.includes(good.id), first.includes(bad.id)]).toEqual([true, false]);
    const logged = errors.mock.calls.length;
    expect(logged).toBe(1);
    clock.advance(61_000);
    await swept();
    expect(errors.mock.calls).toHaveLength(logged);
    clock.advance(6 * 3_600_000);
    await swept();
    expect(errors.mock.calls).toHaveLength(logged + 1);
  });

  it('gives a postponement to one of many, keeps the sweep away meanwhile, and refuses what is settled', async () => {
    const row = await deliveries.create(owner(), event());
    const postponed = await Promise.all(Array.from({ length: 4 }, () => deliveries.postpone(row, 1, 10)));
    expect(postponed.filter(Boolean)).toEqual([expect.objectContaining({ deliveryId: row.id, attempt: 1 })]);
    clock.advance(39_000);
    expect((await deliveries.due(100)).some(({ deliveryId }) => deliveryId === row.id)).toBe(false);
    clock.advance(2000);
    expect((await deliveries.due(100)).some(({ deliveryId }) => deliveryId === row.id)).toBe(true);
    await deliveries.settle((await deliveries.claim(row, 1, 60))!, end(true));
    expect(await deliveries.postpone(row, 1, 10)).toBeUndefined();
  });

  it('lists newest first, forgets after 30 days, and goes with its subscription', async () => {
    const subscription = owner();
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) ids.unshift((await deliveries.create(subscription, event())).id);
    const list = async () => (await deliveries.list(subscription.userId, subscription.id, { limit: 2 })).items;
    expect((await list()).map(({ id }) => id)).toEqual(ids.slice(0, 2));
    clock.advance(30 * 86_400_000 + 1000);
    expect(await list()).toEqual([]);
    await deliveries.create(subscription, event());
    await deliveries.deleteOf(subscription.userId, subscription.id);
    expect(await list()).toEqual([]);
  });
});
