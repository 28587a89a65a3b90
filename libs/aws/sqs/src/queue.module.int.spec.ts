import { randomUUID } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { ReceiveMessageCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { Injectable, Logger } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { DynamoModule } from '@stocktool/aws-dynamodb';
import { Problem, type QueueBody } from '@stocktool/contracts';
import { RequestContext } from '@stocktool/observability';
import {
  createQueuePair,
  createTable,
  eventually,
  type LocalQueuePair,
  type LocalResource,
  localSqs,
} from '@stocktool/testing';
import { type MessageContext, QueueHandler, RetryLater } from './queue-handler';
import { QueueInspector } from './queue-inspector';
import { QueueModule, type QueueModuleOptions } from './queue.module';
import { QueueSender } from './queue-sender';

type Body = QueueBody<'analysis'>;
const body = (): Body => ({ userId: randomUUID(), analysisId: randomUUID() });

@Injectable()
class Handler extends QueueHandler<'analysis'> {
  readonly contexts: MessageContext[] = [];
  readonly requestIds: (string | undefined)[] = [];
  work: (body: Body, context: MessageContext) => Promise<void> = () => Promise.resolve();

  handle(message: Body, context: MessageContext): Promise<void> {
    this.contexts.push(context);
    this.requestIds.push(RequestContext.current()?.requestId);
    return this.work(message, context);
  }
}

let sqs: SQSClient;
let table: LocalResource;
let pair: LocalQueuePair;
let app: TestingModule | undefined;

beforeAll(async () => {
  Logger.overrideLogger(false);
  sqs = localSqs();
  table = await createTable('idempotency');
});
beforeEach(async () => (pair = await createQueuePair('analysis')));
afterEach(async () => {
  await app?.close();
  app = undefined;
  await pair.drop();
});
afterAll(async () => {
  await table.drop();
  sqs.destroy();
});

const options = (more: QueueModuleOptions = {}): QueueModuleOptions => ({
  consume: { analysis: Handler },
  names: { analysis: pair },
  idempotencyTable: table.name,
  retry: { firstDelaySeconds: 0.1 },
  ...more,
});

async function start(work: Handler['work'], more: QueueModuleOptions = {}) {
  const module = Test.createTestingModule({
    imports: [DynamoModule.register(), QueueModule.register(options(more))],
    providers: [Handler],
  });
  app = await module.compile();
  const handler = app.get(Handler);
  handler.work = work;
  await app.init();
  return { handler, sender: app.get(QueueSender), inspector: app.get(QueueInspector) };
}

/** Only this test's queue exists here, so not `queues()`, which asks for all of them. */
const depth = (inspector: QueueInspector) => inspector.queue('analysis');

const receive = async (QueueUrl: string) => {
  const input = { QueueUrl, WaitTimeSeconds: 5, MessageAttributeNames: ['All'], VisibilityTimeout: 0 };
  return (await sqs.send(new ReceiveMessageCommand(input))).Messages?.[0];
};

describe('QueueModule', () => {
  it('hands each message to its handler in the context of its request, and deletes it', async () => {
    const { handler, sender, inspector } = await start(() => Promise.resolve());
    await RequestContext.run({ requestId: 'request-7' }, () => sender.send('analysis', body()));
    await Promise.all(Array.from({ length: 30 }, () => sender.send('analysis', body())));
    await eventually(() => handler.contexts.length === 31);
    expect(handler.requestIds).toContain('request-7');
    expect(handler.contexts.every(({ receiveCount }) => receiveCount === 1)).toBe(true);
    await eventually(async () => {
      const { visible, inFlight } = await depth(inspector);
      return visible + inFlight === 0;
    });
  });

  it('does not start without a handler for a queue that it claims', async () => {
    const module = Test.createTestingModule({ imports: [DynamoModule.register(), QueueModule.register(options())] });
    app = await module.compile();
    await expect(app.init()).rejects.toThrow('The queue analysis is claimed, but Handler is not a provider');
    app = undefined;
  });

  it('does not start when a claimed queue does not exist', async () => {
    const names = { analysis: { name: 'absent', deadLetterName: 'absent-dlq' } };
    const module = Test.createTestingModule({
      imports: [DynamoModule.register(), QueueModule.register(options({ names }))],
      providers: [Handler],
    });
    await expect(module.compile()).rejects.toThrow(/queue|exist/i);
  });

  it('stops at once when idle, though a long poll is parked', async () => {
    await start(() => Promise.resolve());
    await eventually(() => app !== undefined);
    const startedAtMs = performance.now();
    await app?.close();
    app = undefined;
    expect(performance.now() - startedAtMs).toBeLessThan(2000);
  });

  it('leaves nothing parked when it has stopped: another consumer gets at once what is sent next', async () => {
    let polls = 0;
    const count = (message: unknown) => {
      const { request } = message as { request: ClientRequest };
      if (String(request.getHeader('x-amz-target')).endsWith('ReceiveMessage')) polls += 1;
    };
    subscribe('http.client.request.start', count);
    const { handler, sender } = await start(() => Promise.resolve());
    await sender.send('analysis', body());
    await eventually(() => handler.contexts.length === 1 && polls > 1); // the poll after the one that brought it is parked
    unsubscribe('http.client.request.start', count);
    await app?.close();
    app = undefined;
    const MessageBody = JSON.stringify(body());
    await sqs.send(new SendMessageCommand({ QueueUrl: pair.url, MessageBody }));
    const input = { QueueUrl: pair.url, WaitTimeSeconds: 0 };
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(input));
    expect(Messages.map(({ Body }) => Body)).toEqual([MessageBody]);
  });

  it('fetches no more than it has room for', async () => {
    const gate = Promise.withResolvers<void>();
    const { handler, sender, inspector } = await start(() => gate.promise, { concurrency: 4 });
    for (let running = 1; running <= 3; running += 1) {
      await sender.send('analysis', body());
      await eventually(() => handler.contexts.length === running);
    }
    await Promise.all(Array.from({ length: 10 }, () => sender.send('analysis', body())));
    await eventually(() => handler.contexts.length === 4);
    await expect(eventually(() => handler.contexts.length > 4, { timeoutMs: 500 })).rejects.toThrow();
    expect(await depth(inspector)).toMatchObject({ inFlight: 4, visible: 9 });
    gate.resolve();
    await eventually(() => handler.contexts.length === 13);
  });

  it('closes only when the handlers that run have finished and their messages are deleted', async () => {
    const gate = Promise.withResolvers<void>();
    const { handler, sender, inspector } = await start(() => gate.promise, { concurrency: 1 });
    await sender.send('analysis', body());
    await eventually(() => handler.contexts.length === 1);
    let closed = false;
    const closing = app?.close().then(() => (closed = true));
    await expect(eventually(() => closed, { timeoutMs: 200 })).rejects.toThrow();
    gate.resolve();
    await closing;
    app = undefined;
    expect(await depth(inspector)).toMatchObject({ visible: 0, inFlight: 0 });
  });

  it('moves a message to the dead-letter queue at the third failure, with its reason and a record', async () => {
    const { handler, sender, inspector } = await start(() => Promise.reject(new Error('no such luck')));
    await RequestContext.run({ requestId: 'request-8' }, () => sender.send('analysis', body()));
    const dead = await eventually(() => receive(pair.deadLetterUrl), { timeoutMs: 20_000 });
    expect(handler.contexts.map(({ receiveCount }) => receiveCount)).toEqual([1, 2, 3]);
    expect(dead.MessageAttributes).toMatchObject({
      reason: { StringValue: 'Error: no such luck' },
      failures: { StringValue: '3' },
      originalMessageId: { StringValue: handler.contexts[0]?.messageId },
      requestId: { StringValue: 'request-8' },
    });
    const { items } = await inspector.deadLetters('analysis', 10);
    expect(items).toEqual([
      expect.objectContaining({
        messageId: handler.contexts[0]?.messageId,
        failures: 3,
        reason: 'Error: no such luck',
      }),
    ]);
    const row = await eventually(async () => {
      const now = await depth(inspector);
      return now.inFlight === 0 && now;
    });
    expect(row).toMatchObject({ visible: 0, dlq: { visible: 1, lastReason: 'Error: no such luck' } });
  });

  it('moves a message at once when its problem is not retryable', async () => {
    const { handler, sender } = await start(() => Promise.reject(new Problem('unknown-symbol', 'XYZW')));
    await sender.send('analysis', body());
    const dead = await eventually(() => receive(pair.deadLetterUrl));
    expect(dead.MessageAttributes?.reason?.StringValue).toBe('unknown-symbol: XYZW');
    expect(handler.contexts).toHaveLength(1);
  });

  it('moves a body that cannot be read at once, without showing its secrets or running the handler', async () => {
    const { handler, inspector } = await start(() => Promise.resolve());
    const bodies = ['{"token":"tell-nobody","userId":1}', 'password=tell-nobody'];
    for (const MessageBody of bodies) await sqs.send(new SendMessageCommand({ QueueUrl: pair.url, MessageBody }));
    const records = await eventually(async () => {
      const { items } = await inspector.deadLetters(pair.name, 10);
      return items.length === 2 && items;
    });
    expect(JSON.stringify(records)).not.toContain('tell-nobody');
    expect(records.map(({ reason }) => reason).sort()).toEqual([
      'UnreadableBody: not JSON',
      expect.stringMatching(/^UnreadableBody: userId \(invalid_type\)/),
    ]);
    expect(handler.contexts).toHaveLength(0);
    await eventually(async () => (await depth(inspector)).dlq.visible === 2);
  });

  it('counts no failure for RetryLater, however often', async () => {
    const { handler, sender, inspector } = await start((_, { receiveCount }) =>
      receiveCount <= 5 ? Promise.reject(new RetryLater(0, 'not yet')) : Promise.resolve(),
    );
    await sender.send('analysis', body());
    await eventually(() => handler.contexts.length === 6, { timeoutMs: 15_000 });
    await eventually(async () => (await depth(inspector)).inFlight === 0);
    expect((await depth(inspector)).dlq.visible).toBe(0);
  });

  it('keeps a long job to itself beyond its visibility', async () => {
    const gate = Promise.withResolvers<void>();
    const { handler, sender } = await start(() => gate.promise, { visibilitySeconds: 1 });
    await sender.send('analysis', body());
    await eventually(() => handler.contexts.length === 1);
    const again = eventually(() => handler.contexts.length > 1, { timeoutMs: 3000 });
    await expect(again).rejects.toThrow();
    gate.resolve();
  });

  it('lets no slow message delay the others', async () => {
    const gate = Promise.withResolvers<void>();
    const slow = body();
    const { handler, sender } = await start(
      ({ userId }) => (userId === slow.userId ? gate.promise : Promise.resolve()),
      { concurrency: 2 },
    );
    await sender.send('analysis', slow);
    await Promise.all(Array.from({ length: 25 }, () => sender.send('analysis', body())));
    await eventually(() => handler.contexts.length === 26);
    gate.resolve();
  });

  it('pages dead letters, and knows no other queues', async () => {
    const { sender, inspector } = await start(() => Promise.reject(new Problem('not-built', 'no')));
    for (let index = 0; index < 3; index += 1) await sender.send('analysis', body());
    await eventually(async () => (await inspector.deadLetters('analysis', 10)).items.length === 3);
    const first = await inspector.deadLetters('analysis', 2);
    const second = await inspector.deadLetters('analysis', 2, first.nextCursor ?? '');
    expect([first.items.length, second.items.length]).toEqual([2, 1]);
    expect(new Set([...first.items, ...second.items].map(({ messageId }) => messageId)).size).toBe(3);
    await expect(inspector.deadLetters('other', 2)).rejects.toMatchObject({ code: 'queue-not-found' });
    await expect(inspector.deadLetters('analysis', 2, 'x')).rejects.toMatchObject({ code: 'bad-cursor' });
  });
});
