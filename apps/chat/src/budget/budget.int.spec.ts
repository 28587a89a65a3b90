import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Logger } from '@nestjs/common';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { createTable, FixedClock, localDynamo, lostAnswers } from '@stocktool/testing';
import { BudgetTable } from './budget.table';
import { UserPayer } from './user-payer';

Logger.overrideLogger(false);
const idempotency = await createTable('idempotency');
const client = localDynamo();
afterAll(async () => {
  await idempotency.drop();
  client.destroy();
});
const cap = { tokens: 1000, microUsd: 10_000 };
const clock = new FixedClock('2026-03-02T15:00:00Z');
const tableOf = (dynamo = new Dynamo(client, clock)) => new BudgetTable(dynamo, clock, cap, idempotency.name);
const table = tableOf();
const spent = async (userId: string) => {
  const key = { scope: `budget#${userId}`, itemId: '2026-03-02' };
  const { tokens = 0, microUsd = 0 } = (await new Dynamo(client, clock).get({ TableName: idempotency.name, Key: key })) ?? {}; // prettier-ignore
  return { tokens, microUsd };
};
const refused = { code: 'too-many-requests', retryAfterSeconds: 9 * 3600 };
const expense = {
  model: 'small',
  price: { prompt: 2, completion: 8 },
  most: { promptTokens: 60, completionTokens: 40 },
};

describe('the budget of a user', () => {
  it.each([
    ['tokens', { tokens: 70, microUsd: 1 }, 14],
    ['money', { tokens: 1, microUsd: 900 }, 11],
  ])('is not passed by a hundred calls side by side: %s', async (_, amount, fitting) => {
    const userId = randomUUID();
    const calls = await Promise.allSettled(Array.from({ length: 100 }, () => table.hold(userId, randomUUID(), amount)));
    expect(calls.filter(({ status }) => status === 'fulfilled')).toHaveLength(fitting);
    for (const call of calls) if (call.status === 'rejected') expect(call.reason).toMatchObject(refused);
    const { tokens, microUsd } = await spent(userId);
    expect([tokens, microUsd]).toEqual([fitting * amount.tokens, fitting * amount.microUsd]);
  });

  it('holds while a hundred answers are paid for, each dearer or cheaper than it began', async () => {
    const userId = randomUUID();
    const used = await Promise.all(
      Array.from({ length: 100 }, async (_, i) => {
        const held = await table.hold(userId, randomUUID(), { tokens: 100, microUsd: 100 }).catch(() => undefined);
        if (!held) return 0;
        await table.settle(userId, held, { tokens: i % 50, microUsd: 1 });
        return i % 50;
      }),
    );
    expect((await spent(userId)).tokens).toBe(used.reduce((sum, tokens) => sum + tokens, 0));
    expect((await spent(userId)).tokens).toBeLessThanOrEqual(cap.tokens);
  });

  it('gets back what a crash left, once that has expired', async () => {
    const userId = randomUUID();
    await table.hold(userId, 'crashed', { tokens: 900, microUsd: 1 });
    await expect(table.hold(userId, 'next', { tokens: 200, microUsd: 1 })).rejects.toMatchObject({
      code: 'too-many-requests',
    });
    const later = new FixedClock('2026-03-02T15:16:00Z');
    const then = new BudgetTable(new Dynamo(client, later), later, cap, idempotency.name);
    const both = await Promise.all(['a', 'b'].map((id) => then.hold(userId, id, { tokens: 200, microUsd: 1 })));
    expect((await spent(userId)).tokens).toBe(400);
    const crashed = {
      tokens: 900,
      microUsd: 1,
      id: 'crashed',
      day: '2026-03-02',
      expiresAtEpochSeconds: later.epochSeconds() - 60,
    };
    await then.settle(userId, crashed, { tokens: 50, microUsd: 1 }); // it was alive after all: what it took is counted
    await then.settle(userId, both[0]!, { tokens: 10, microUsd: 1 });
    expect((await spent(userId)).tokens).toBe(260);
  });

  it('counts once where the answer to a write is lost', async () => {
    const userId = randomUUID();
    using line = await lostAnswers();
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const unluckyClient = new DynamoDBClient({ endpoint: line.url, region: 'us-east-1', credentials });
    const unlucky = tableOf(new Dynamo(unluckyClient, clock));
    line.loseNext('UpdateItem');
    const held = await unlucky.hold(userId, 'one', { tokens: 100, microUsd: 10 });
    expect(await spent(userId)).toEqual({ tokens: 100, microUsd: 10 });
    line.loseNext('UpdateItem');
    await unlucky.settle(userId, held, { tokens: 30, microUsd: 3 });
    expect(await spent(userId)).toEqual({ tokens: 30, microUsd: 3 });
    expect(line.lost).toBe(2);
    unluckyClient.destroy();
  });

  it('is one of the day', async () => {
    const userId = randomUUID();
    await table.hold(userId, 'one', { tokens: 1000, microUsd: 1 });
    const tomorrow = new FixedClock('2026-03-03T00:00:01Z');
    const then = new BudgetTable(new Dynamo(client, tomorrow), tomorrow, cap, idempotency.name);
    await expect(then.hold(userId, 'two', { tokens: 1000, microUsd: 1 })).resolves.toMatchObject({ day: '2026-03-03' });
  });
});

describe('who pays for a reply', () => {
  it('sets the first attempt aside beforehand and each further one too, and counts what they took', async () => {
    const userId = randomUUID();
    const payer = new UserPayer(table, userId);
    await payer.open(expense);
    expect(await spent(userId)).toEqual({ tokens: 100, microUsd: 440 });
    const first = await payer.reserve(expense);
    expect((await spent(userId)).tokens).toBe(100);
    const second = await payer.reserve(expense);
    expect((await spent(userId)).tokens).toBe(200);
    first.settle({ promptTokens: 0, completionTokens: 0 });
    second.settle({ promptTokens: 50, completionTokens: 10 });
    second.settle({ promptTokens: 50, completionTokens: 10 });
    await payer.close();
    expect(await spent(userId)).toEqual({ tokens: 60, microUsd: 180 });
    expect(payer.costUsd).toBe(0.00018); // 50 at 2 $ and 10 at 8 $ for a million
  });

  it('gives back what was not needed, also where the first attempt is larger than thought', async () => {
    const userId = randomUUID();
    const payer = new UserPayer(table, userId);
    await payer.open(expense);
    await payer.close();
    await payer.open(expense);
    const larger = { ...expense, most: { promptTokens: 500, completionTokens: 40 } };
    (await payer.reserve(larger)).settle({ promptTokens: 400, completionTokens: 1 });
    await payer.close();
    expect((await spent(userId)).tokens).toBe(401);
  });
});
