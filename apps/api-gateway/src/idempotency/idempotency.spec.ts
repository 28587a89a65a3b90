import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { Clock, Problem } from '@stocktool/contracts';
import { FixedClock, lostAnswers } from '@stocktool/testing';
import fc from 'fast-check';
import { z } from 'zod';
import { testGateway, type TestGateway } from '../gateway.fixture';
import { bodyHash, canonicalJson } from './canonical-json';
import { Idempotency } from './idempotency';
import { IdempotencyTable, type Claim } from './idempotency.table';

const clock = new FixedClock('2026-03-01T12:00:00Z');
const Answer = z.object({ workId: z.string(), attempt: z.number() });
let gateway: TestGateway;
let once: Idempotency;
let table: IdempotencyTable;
beforeAll(async () => {
  gateway = await testGateway({}, (builder) => builder.overrideProvider(Clock).useValue(clock));
  once = gateway.app.get(Idempotency);
  table = gateway.app.get(IdempotencyTable);
});
afterAll(() => gateway.close());

const request = { operation: 'test', request: { a: 1 } };
let attempts = 0;
const work = (workId: string) => Promise.resolve({ workId, attempt: ++attempts });
const claimed = async (userId: string, key: string): Promise<Claim> => {
  const outcome = await table.claim(userId, key, bodyHash(request));
  if (outcome.kind !== 'claimed') throw new Error(outcome.kind);
  return outcome.claim;
};
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error: unknown) => (error as Problem).code,
  );

describe('a key', () => {
  it('gives the first answer again for a day, and then begins anew', async () => {
    const userId = randomUUID();
    const first = await once.perKey(userId, 'k', request, Answer, work);
    clock.advance(23 * 3_600_000);
    expect(await once.perKey(userId, 'k', request, Answer, work)).toEqual(first);
    clock.advance(3_600_000);
    expect(await once.perKey(userId, 'k', request, Answer, work)).not.toEqual(first);
  });

  it('does not mind the order of fields, but any other value', async () => {
    const userId = randomUUID();
    const first = await once.perKey(userId, 'k', { a: 1, b: { c: 2, d: 3 } }, Answer, work);
    expect(await once.perKey(userId, 'k', { b: { d: 3, c: 2 }, a: 1 }, Answer, work)).toEqual(first);
    const other = once.perKey(userId, 'k', { a: 1, b: { c: 2, d: 4 } }, Answer, work);
    expect(await codeOf(other)).toBe('idempotency-key-reused');
  });

  it('is refused while the first still runs, and taken over with the same id when the first has died', async () => {
    const userId = randomUUID();
    const dead = await claimed(userId, 'k');
    clock.advance(59_000);
    expect(await codeOf(once.perKey(userId, 'k', request, Answer, work))).toBe('request-in-progress');
    clock.advance(2_000);
    const { workId } = await once.perKey(userId, 'k', request, Answer, work);
    expect(workId).toBe(dead.workId);
  });

  it('is taken over by one of many, and a late first cannot overwrite the answer', async () => {
    const userId = randomUUID();
    const late = await claimed(userId, 'k');
    clock.advance(61_000);
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => codeOf(once.perKey(userId, 'k', request, Answer, work))));
    expect(outcomes.filter((outcome) => outcome === 'done').length).toBeGreaterThanOrEqual(1);
    const kept = await once.perKey(userId, 'k', request, Answer, work);
    await table.settle(late, Buffer.from('late'));
    expect(await once.perKey(userId, 'k', request, Answer, work)).toEqual(kept);
  });

  it('is free again after a refusal, and continues under the same id after a failure', async () => {
    const userId = randomUUID();
    const ids: string[] = [];
    const failing = (error: Error) => (workId: string) => {
      ids.push(workId);
      return Promise.reject(error);
    };
    const refusal = new Problem('unknown-symbol', 'no');
    expect(await codeOf(once.perKey(userId, 'k', { other: 1 }, Answer, failing(refusal)))).toBe('unknown-symbol');
    const outage = new Problem('dependency-unavailable', 'no');
    expect(await codeOf(once.perKey(userId, 'k', request, Answer, failing(outage)))).toBe('dependency-unavailable');
    const { workId } = await once.perKey(userId, 'k', request, Answer, work);
    expect(workId).toBe(ids[1]);
    expect(ids[0]).not.toBe(ids[1]);
  });

  it('is had by its only owner though the answer of the database was lost, at the claim and at the take-over', async () => {
    using line = await lostAnswers();
    const client = new DynamoDBClient({
      endpoint: line.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const flaky = new IdempotencyTable(new Dynamo(client, clock), clock);
    const userId = randomUUID();
    line.loseNext('PutItem');
    const first = await flaky.claim(userId, 'k', 'hash');
    expect(first.kind).toBe('claimed');
    clock.advance(61_000);
    line.loseNext('UpdateItem');
    const second = await flaky.claim(userId, 'k', 'hash');
    expect(second.kind).toBe('claimed');
    expect(line.lost).toBe(2);
    expect((await flaky.claim(userId, 'k', 'hash')).kind).toBe('in-progress');
    client.destroy();
  });

  it('belongs to one user', async () => {
    const answers = await Promise.all([1, 2].map(() => once.perKey(randomUUID(), 'k', request, Answer, work)));
    expect(answers[0]!.workId).not.toBe(answers[1]!.workId);
  });

  it('is not needed', async () => {
    const answers = await Promise.all([1, 2].map(() => once.perKey('user', undefined, request, Answer, work)));
    expect(answers[0]!.workId).not.toBe(answers[1]!.workId);
  });
});

describe('canonicalJson', () => {
  const shuffled = (value: unknown): unknown =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([key, inner]) => [key, shuffled(inner)]),
        )
      : value;

  it('is the same for the same value in any order of keys, and parses back to it', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        expect(canonicalJson(shuffled(value))).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
