import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Logger } from '@nestjs/common';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { systemClock, type RpcEvent } from '@stocktool/contracts';
import { createTable, eventually, localDynamo, lostAnswers } from '@stocktool/testing';
import { v7 as uuidv7 } from 'uuid';
import type { ReplyStream } from './reply-stream';
import { hubDefaults, ReplyStopped, StreamHub, type HubOptions } from './stream-hub';
import { StreamTable } from './stream.table';

Logger.overrideLogger(false);
const local = await createTable('idempotency');
const client = localDynamo();
const table = new StreamTable(new Dynamo(client), systemClock, local.name);
const quick: HubOptions = {
  ...hubDefaults,
  heartbeatMs: 50,
  drainMs: 50,
  follow: { pollMs: 20, staleMs: 600, announceMs: 50, atMostMs: 20_000 },
};
const hubs: StreamHub[] = [];
const newHub = (options: Partial<HubOptions> = {}) => {
  const hub = new StreamHub(table, systemClock, { ...quick, ...options });
  hubs.push(hub);
  return hub;
};
afterAll(async () => {
  await Promise.all(hubs.map((hub) => hub.onModuleDestroy()));
  await local.drop();
  client.destroy();
});

const userId = randomUUID();
const never = new AbortController().signal;
const delta = (text: string) => ({ event: 'delta', data: { text } }) as const;

/** A reply of n numbered deltas; waits for `go` after the first half when given. */
async function counting(hub: StreamHub, count: number, go?: Promise<void>, paceMs = 1) {
  const messageId = uuidv7();
  const reply = hub.start(userId, messageId, async (stream, signal) => {
    for (let i = 1; i <= count; i++) {
      if (i === Math.ceil(count / 2)) await go;
      if (signal.aborted) break;
      stream.publish(delta(`${i}`));
      await delay(paceMs);
    }
  });
  await reply.opened;
  return messageId;
}
/** Runs until it is stopped, then says why. */
const untilStopped = async (stream: ReplyStream, signal: AbortSignal) => {
  stream.publish(delta('begun'));
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  stream.publish(delta(signal.reason instanceof ReplyStopped ? signal.reason.why : 'unknown'));
};

async function read(hub: StreamHub, messageId: string, after = 0, signal = never): Promise<RpcEvent[]> {
  const events: RpcEvent[] = [];
  for await (const batch of hub.attach(userId, messageId, after, signal)) events.push(...batch);
  return events;
}
const sequences = (events: RpcEvent[]) => events.map(({ sequence }) => sequence);
const oneTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
const lastText = (events: RpcEvent[]) => JSON.parse(events.at(-1)!.json).data.text;

describe('a reply', () => {
  it('is read from any sequence with the same tail, here and in another process, while it runs and afterwards', async () => {
    const [owner, other] = [newHub(), newHub()];
    const go = Promise.withResolvers<void>();
    const messageId = await counting(owner, 60, go.promise);
    const starts = [0, 1, 7, 29, 30, 59, 60];
    const live = starts.flatMap((after) => [read(owner, messageId, after), read(other, messageId, after)]);
    setTimeout(go.resolve, 300);
    const whole = await read(owner, messageId);
    expect(sequences(whole)).toEqual(oneTo(60));
    for (const [i, events] of (await Promise.all(live)).entries())
      expect(events).toEqual(whole.slice(starts[Math.floor(i / 2)]));
    await eventually(() => owner.size === 0);
    for (const after of starts) expect(await read(other, messageId, after)).toEqual(whole.slice(after));
    expect(await read(owner, messageId, 13)).toEqual(whole.slice(13));
  });

  it('is found by another process as soon as it is open', async () => {
    const [owner, other] = [newHub(), newHub()];
    const messageId = uuidv7();
    const stream = owner.start(userId, messageId, untilStopped);
    await stream.opened;
    const reading = read(other, messageId);
    await delay(50);
    await other.cancel(userId, messageId);
    expect(lastText(await reading)).toBe('cancelled');
  });

  it('costs a slow reader nothing but time: what left the memory comes from the table', async () => {
    const hub = newHub({ windowEvents: 10 });
    const messageId = await counting(hub, 500, undefined, 0);
    const events: RpcEvent[] = [];
    for await (const batch of hub.attach(userId, messageId, 0, never)) {
      events.push(...batch);
      if (events.length < 30) await delay(400);
    }
    expect(sequences(events)).toEqual(oneTo(500));
  });

  it('goes on when a reader leaves, and stops when none comes back in time', async () => {
    const hub = newHub({ detachMs: 300 });
    const messageId = uuidv7();
    hub.start(userId, messageId, untilStopped);
    const leaving = new AbortController();
    const first = read(hub, messageId, 0, leaving.signal);
    await delay(500); // longer than the limit, but somebody reads
    leaving.abort();
    expect(sequences(await first)).toEqual([1]);
    await delay(100);
    expect(hub.size).toBe(1);
    await eventually(() => hub.size === 0, { timeoutMs: 3000 });
    expect(lastText(await read(hub, messageId))).toBe('detached');
  });

  it('counts readers of other processes', async () => {
    const [owner, other] = [newHub({ detachMs: 300 }), newHub()];
    const messageId = uuidv7();
    await owner.start(userId, messageId, untilStopped).opened;
    const reading = read(other, messageId);
    await delay(900);
    expect(owner.size).toBe(1);
    await owner.cancel(userId, messageId);
    expect(lastText(await reading)).toBe('cancelled');
  });

  it('is cancelled at once, and only once', async () => {
    const [owner, other] = [newHub(), newHub()];
    const messageId = uuidv7();
    owner.start(userId, messageId, untilStopped);
    await owner.cancel(userId, messageId);
    expect(lastText(await read(other, messageId))).toBe('cancelled');
    for (const hub of [owner, other])
      await expect(hub.cancel(userId, messageId)).rejects.toMatchObject({ code: 'reply-finished' });
  });

  it('is not there for another user, nor is one that never was', async () => {
    const [owner, other] = [newHub(), newHub()];
    const messageId = uuidv7();
    await owner.start(userId, messageId, untilStopped).opened;
    const stranger = randomUUID();
    for (const hub of [owner, other]) {
      await expect(hub.attach(stranger, messageId, 0, never).next()).rejects.toMatchObject({
        code: 'message-not-found',
      });
      await expect(hub.cancel(stranger, messageId)).rejects.toMatchObject({ code: 'message-not-found' });
      await expect(hub.attach(userId, uuidv7(), 0, never).next()).rejects.toMatchObject({ code: 'message-not-found' });
    }
    await owner.cancel(userId, messageId);
  });

  it.each([-3_600_000, 3_600_000])(
    'lives for a reader whose clock differs by %i ms, and has that reader',
    async (skewMs) => {
      const skewed = {
        now: () => new Date(systemClock.epochMs() + skewMs),
        epochMs: () => systemClock.epochMs() + skewMs,
        epochSeconds: () => systemClock.epochSeconds() + skewMs / 1000,
      };
      const owner = newHub({ detachMs: 400 });
      const other = new StreamHub(new StreamTable(new Dynamo(client), skewed, local.name), skewed, quick);
      hubs.push(other);
      const go = Promise.withResolvers<void>();
      const messageId = await counting(owner, 10, go.promise);
      await eventually(() => owner.size === 1);
      const reading = read(other, messageId);
      await delay(900); // longer than a reply without a reader or without a heartbeat lives
      go.resolve();
      expect(sequences(await reading)).toEqual(oneTo(10));
    },
  );

  it('is begun once under an id that is given, wherever and however often', async () => {
    const [one, two] = [newHub(), newHub()];
    const messageId = uuidv7();
    let begun = 0;
    const work = (stream: ReplyStream) => {
      begun++;
      stream.publish(delta('only'));
      return Promise.resolve();
    };
    const streams = await Promise.all([one, two, one, two].map((hub) => hub.startOnce(userId, messageId, work)));
    expect(streams.filter(Boolean)).toHaveLength(1);
    for (const hub of [one, two]) expect(lastText(await read(hub, messageId))).toBe('only');
    expect(await newHub().startOnce(userId, messageId, work)).toBeUndefined();
    expect(begun).toBe(1);
  });

  it('begins though the answer to its first write was lost', async () => {
    using line = await lostAnswers();
    const flaky = new DynamoDBClient({
      endpoint: line.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const lossy = new StreamTable(new Dynamo(flaky), systemClock, local.name);
    line.loseNext('PutItem', 'heartbeatAtEpochMs');
    const messageId = uuidv7();
    expect(await lossy.open(userId, messageId)).toBe(true);
    expect(line.lost).toBe(1);
    expect(await lossy.open(userId, messageId)).toBe(false);
    flaky.destroy();
  });

  it('whose process died ends with a problem for everybody, once, and is not run again', async () => {
    const messageId = uuidv7();
    await table.open(userId, messageId);
    await table.append(messageId, { firstSequence: 1, events: ['a', 'b'].map((text) => JSON.stringify(delta(text))) });
    const [one, two] = await Promise.all([read(newHub(), messageId), read(newHub(), messageId)]);
    expect(one).toEqual(two);
    expect(sequences(one)).toEqual([1, 2, 3]);
    expect(JSON.parse(one[2]!.json)).toMatchObject({ event: 'problem', data: { type: '/problems/reply-interrupted' } });
    expect(sequences(await read(newHub(), messageId, 7))).toEqual([8]); // saw live events that never reached the table
    await expect(newHub().cancel(userId, messageId)).rejects.toMatchObject({ code: 'reply-finished' });
    expect(await table.beat(messageId)).toBeUndefined();
  });

  it('ends with the process: readers get its last words, others are told to come again', async () => {
    const [owner, other] = [newHub(), newHub()];
    const messageId = uuidv7();
    await owner.start(userId, messageId, untilStopped).opened;
    const [here, there] = [read(owner, messageId), read(other, messageId)];
    await delay(50);
    const elsewhere = expect(there).rejects.toMatchObject({ code: 'dependency-unavailable' });
    await other.onModuleDestroy();
    await elsewhere;
    await owner.onModuleDestroy();
    expect(lastText(await here)).toBe('draining');
    expect(lastText(await read(newHub(), messageId))).toBe('draining');
    expect(() => owner.start(userId, uuidv7(), untilStopped)).toThrow('ending');
  });

  it('is refused when too many run', async () => {
    const hub = newHub({ maxReplies: 2 });
    const ids = [uuidv7(), uuidv7()];
    for (const id of ids) hub.start(userId, id, untilStopped);
    expect(() => hub.start(userId, uuidv7(), untilStopped)).toThrow(
      expect.objectContaining({ code: 'dependency-unavailable' }),
    );
    await Promise.all(ids.map((id) => hub.cancel(userId, id)));
  });

  it('is refused to a user who has too many running, and to nobody else', async () => {
    const hub = newHub({ maxRepliesPerUser: 2 });
    const [one, two, three, others] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()];
    const other = randomUUID();
    for (const id of [one, two]) hub.start(userId, id, untilStopped);
    expect(() => hub.start(userId, three, untilStopped)).toThrow(
      expect.objectContaining({ code: 'too-many-requests', retryAfterSeconds: 5 }),
    );
    hub.start(other, others, untilStopped);
    await hub.cancel(userId, one);
    hub.start(userId, three, untilStopped);
    await Promise.all([hub.cancel(userId, two), hub.cancel(userId, three), hub.cancel(other, others)]);
  });

  it('that throws ends with a problem', async () => {
    const hub = newHub();
    const messageId = uuidv7();
    hub.start(userId, messageId, () => Promise.reject(new Error('a bug')));
    const events = await read(hub, messageId);
    expect(JSON.parse(events.at(-1)!.json)).toMatchObject({ event: 'problem', data: { status: 500 } });
  });
});
