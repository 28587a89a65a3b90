import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { Problem, type QueueBody } from '@stocktool/contracts';
import { createTable, eventually, localDynamo, type LocalResource } from '@stocktool/testing';
import { DeadLetters } from './dead-letters';
import { FailureLedger } from './failure-ledger';
import { ShuttingDown, VisibilityLost } from './in-flight';
import { type ConsumerSettings, QueueConsumers } from './queue-consumers';
import { QueueDirectory } from './queue-directory';
import { type MessageContext, QueueHandler, RetryLater } from './queue-handler';
import { received, type Script, scriptedSqs } from './scripted-sqs.fixture';

type Body = QueueBody<'analysis'>;
const body = (): Body => ({ userId: randomUUID(), analysisId: randomUUID() });

let table: LocalResource;
let dynamo: Dynamo;
const closers: (() => void)[] = [];

beforeAll(async () => {
  Logger.overrideLogger(false);
  table = await createTable('idempotency');
  dynamo = new Dynamo(localDynamo());
});
afterEach(() => closers.splice(0).forEach((close) => close()));
afterAll(() => table.drop());

class ScriptedHandler extends QueueHandler<'analysis'> {
  readonly contexts: MessageContext[] = [];
  constructor(private readonly work: (context: MessageContext, body: Body) => Promise<void>) {
    super();
  }
  handle(message: Body, context: MessageContext): Promise<void> {
    this.contexts.push(context);
    return this.work(context, message);
  }
}

/** The consumer of the analysis queue, on a scripted SQS, fed by hand instead of by the poller. */
async function consuming(
  work: (context: MessageContext, body: Body) => Promise<void>,
  { scripts = {}, ...settings }: ConsumerSettings & { scripts?: Record<string, Script> } = {},
) {
  const sqs = await scriptedSqs(scripts);
  closers.push(sqs.close);
  const parts = {
    client: sqs.client,
    directory: new QueueDirectory(sqs.client),
    ledger: new FailureLedger(dynamo, table.name),
    deadLetters: new DeadLetters(dynamo, table.name),
  };
  const consumers = await QueueConsumers.of(['analysis'], { visibilitySeconds: 2, ...settings }, parts);
  const { consumer } = consumers.lane('analysis');
  const handler = new ScriptedHandler(work);
  consumer.open(handler);
  const drain = (deadlineMs: number) => consumers.drain(deadlineMs);
  closers.push(() => void drain(0));
  return { consumer, drain, handler, sqs, ...parts };
}

const handles = (entries: readonly object[]) =>
  (entries as { ReceiptHandle?: unknown }[]).map(({ ReceiptHandle }) => ReceiptHandle);

describe('heartbeat', () => {
  it('extends each message from a third of its visibility on, batched, for as long as its handler runs', async () => {
    const gate = Promise.withResolvers<void>();
    const { consumer, sqs, handler } = await consuming(() => gate.promise);
    await consumer.receive([received(body()), received(body()), received(body())]);
    await eventually(() => sqs.calls('ChangeMessageVisibilityBatch').length >= 4, { timeoutMs: 8000 });
    expect(sqs.calls('ChangeMessageVisibilityBatch')[0]?.input.Entries).toHaveLength(3);
    expect(handler.contexts.every(({ signal }) => !signal.aborted)).toBe(true);
    gate.resolve();
    await eventually(() => sqs.calls('DeleteMessageBatch')[0]?.input.Entries.length === 3);
  });

  it('never races a delete: the extension that is under way ends first', async () => {
    const extension = Promise.withResolvers<[]>();
    const gate = Promise.withResolvers<void>();
    const scripts = { ChangeMessageVisibilityBatch: () => extension.promise };
    const { consumer, sqs } = await consuming(() => gate.promise, { scripts });
    await consumer.receive([received(body())]);
    await eventually(() => sqs.calls('ChangeMessageVisibilityBatch').length === 1);
    gate.resolve();
    const early = eventually(() => sqs.calls('DeleteMessageBatch').length > 0, { timeoutMs: 300 });
    await expect(early).rejects.toThrow();
    extension.resolve([]);
    await eventually(() => sqs.calls('DeleteMessageBatch').length === 1);
  });

  it('never cancels a back-off: the last visibility set is the one of the back-off', async () => {
    const extension = Promise.withResolvers<[]>();
    const gate = Promise.withResolvers<void>();
    const scripts = { ChangeMessageVisibilityBatch: () => extension.promise };
    const { consumer, sqs } = await consuming(() => gate.promise, { scripts });
    await consumer.receive([received(body())]);
    await eventually(() => sqs.calls('ChangeMessageVisibilityBatch').length === 1);
    gate.reject(new RetryLater(7, 'not yet'));
    const early = eventually(() => sqs.calls('ChangeMessageVisibility').length > 0, { timeoutMs: 300 });
    await expect(early).rejects.toThrow();
    extension.resolve([]);
    const [backOff] = await eventually(() => {
      const calls = sqs.calls('ChangeMessageVisibility');
      return calls.length > 0 && calls;
    });
    expect(backOff?.input.VisibilityTimeout).toBe(7);
    const later = eventually(() => sqs.calls('ChangeMessageVisibilityBatch').length > 1, { timeoutMs: 1200 });
    await expect(later).rejects.toThrow();
  });

  it('tries an entry that failed inside a 200 again, and only that one', async () => {
    const gate = Promise.withResolvers<void>();
    let calls = 0;
    const scripts: Record<string, Script> = {
      ChangeMessageVisibilityBatch: () =>
        ++calls === 1 ? [{ Id: '1', SenderFault: false, Code: 'InternalError' }] : [],
    };
    const { consumer, sqs, handler } = await consuming(() => gate.promise, { scripts });
    const messages = [received(body()), received(body())];
    await consumer.receive(messages);
    await eventually(() => calls >= 2);
    const [first, second] = sqs.calls('ChangeMessageVisibilityBatch');
    expect(handles(first?.input.Entries ?? [])).toEqual(handles(messages));
    expect(handles(second?.input.Entries ?? [])).toEqual([messages[1]?.ReceiptHandle]);
    expect(handler.contexts.some(({ signal }) => signal.aborted)).toBe(false);
    gate.resolve();
  });

  it('aborts the signal when SQS says that the message is no longer ours, and counts no failure', async () => {
    const aborted = Promise.withResolvers<number>();
    const scripts: Record<string, Script> = {
      ChangeMessageVisibilityBatch: ({ Entries }) =>
        Entries.map(({ Id }) => ({ Id, SenderFault: true, Code: 'MessageNotInflight' })),
    };
    const startedAtMs = performance.now();
    const { consumer, drain, sqs, ledger, directory } = await consuming(
      ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            aborted.resolve(performance.now());
            reject(signal.reason as Error);
          });
        }),
      { scripts },
    );
    const message = received(body());
    await consumer.receive([message]);
    expect((await aborted.promise) - startedAtMs).toBeLessThan(2000);
    await drain(1000);
    expect(sqs.calls('ChangeMessageVisibility')).toHaveLength(0);
    expect(sqs.calls('DeleteMessageBatch')).toHaveLength(0);
    expect(await ledger.count(directory.names.analysis.name, message.MessageId ?? '')).toBe(1);
  });

  it('aborts the signal before the visibility lapses when it cannot be extended', async () => {
    const reason = Promise.withResolvers<unknown>();
    const { consumer } = await consuming(
      ({ signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            reason.resolve(signal.reason);
            resolve();
          });
        }),
      { scripts: { ChangeMessageVisibilityBatch: () => undefined } },
    );
    const receivedAtMs = performance.now();
    await consumer.receive([received(body())]);
    expect(await reason.promise).toBeInstanceOf(VisibilityLost);
    expect(performance.now() - receivedAtMs).toBeLessThan(2000);
  });
});

describe('acknowledgement', () => {
  it('does not wait for the slowest message of a batch', async () => {
    const slow = Promise.withResolvers<void>();
    const slowBody = body();
    const { consumer, sqs } = await consuming((_, { userId }) =>
      userId === slowBody.userId ? slow.promise : Promise.resolve(),
    );
    const messages = [received(slowBody), received(body()), received(body())];
    await consumer.receive(messages);
    const [call] = await eventually(() => {
      const calls = sqs.calls('DeleteMessageBatch');
      return calls.length > 0 && calls;
    });
    expect(handles(call?.input.Entries ?? [])).toEqual(handles(messages.slice(1)));
    slow.resolve();
    await eventually(() => sqs.calls('DeleteMessageBatch').length === 2);
  });

  it('deletes again what failed inside a 200, by its own receipt handle, unless we are at fault', async () => {
    let calls = 0;
    const scripts: Record<string, Script> = {
      DeleteMessageBatch: () =>
        ++calls > 1
          ? []
          : [
              { Id: '1', SenderFault: false, Code: 'InternalError' },
              { Id: '2', SenderFault: true, Code: 'ReceiptHandleIsInvalid' },
            ],
    };
    const { consumer, drain, sqs } = await consuming(() => Promise.resolve(), { scripts });
    const messages = [received(body()), received(body()), received(body())];
    await consumer.receive(messages);
    await drain(1000);
    const deletes = sqs.calls('DeleteMessageBatch').map(({ input }) => handles(input.Entries));
    expect(deletes).toEqual([handles(messages), [messages[1]?.ReceiptHandle]]);
  });

  it('keeps a message whose delete never succeeds for another delivery, and works on', async () => {
    const scripts: Record<string, Script> = {
      DeleteMessageBatch: ({ Entries }) => Entries.map(({ Id }) => ({ Id, SenderFault: false, Code: 'InternalError' })),
    };
    const { consumer, drain, handler } = await consuming(() => Promise.resolve(), { scripts });
    await consumer.receive([received(body())]);
    await consumer.receive([received(body())]);
    await drain(1000);
    expect(handler.contexts).toHaveLength(2);
  });
});

describe('the pool', () => {
  it('runs no more handlers than allowed and takes no more messages than it has room for', async () => {
    const gate = Promise.withResolvers<void>();
    let running = 0;
    const { consumer } = await consuming(
      async () => {
        running += 1;
        await gate.promise;
      },
      { concurrency: 3 },
    );
    expect(consumer.freeSlots).toBe(3);
    const room = consumer.receive([received(body()), received(body()), received(body())]);
    await eventually(() => running === 3);
    expect(consumer.freeSlots).toBe(0);
    expect(await Promise.race([room, Promise.resolve('full')])).toBe('full');
    gate.resolve();
    await room;
    expect(consumer.freeSlots).toBeGreaterThan(0);
  });
});

describe('drain', () => {
  it('waits for handlers and for their deletes', async () => {
    const gate = Promise.withResolvers<void>();
    const { consumer, drain, sqs } = await consuming(() => gate.promise);
    await consumer.receive([received(body())]);
    const drained = drain(5000);
    gate.resolve();
    await drained;
    expect(sqs.calls('DeleteMessageBatch')).toHaveLength(1);
  });

  it('aborts what is unfinished at the deadline, gives it back uncounted and deletes nothing of it', async () => {
    const message = received(body());
    const deaf = received(body());
    const { consumer, drain, sqs, ledger, directory } = await consuming(({ signal, messageId }) =>
      messageId === deaf.MessageId
        ? new Promise(() => undefined)
        : new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    );
    await consumer.receive([message, deaf]);
    await drain(50);
    expect(sqs.calls('DeleteMessageBatch')).toHaveLength(0);
    expect(handles(sqs.calls('ChangeMessageVisibility').map(({ input }) => input))).toEqual(handles([message, deaf]));
    expect(await ledger.count(directory.names.analysis.name, message.MessageId ?? '')).toBe(1);
  });

  it('gives back, unhandled, what a receive brings after the stop', async () => {
    const { consumer, drain, handler, sqs } = await consuming(() => Promise.resolve());
    await drain(100);
    await consumer.receive([received(body())]);
    await eventually(() => sqs.calls('ChangeMessageVisibility').length === 1);
    expect(handler.contexts).toHaveLength(0);
    expect(sqs.calls('DeleteMessageBatch')).toHaveLength(0);
  });

  it('tells handlers why', async () => {
    const reason = Promise.withResolvers<unknown>();
    const { consumer, drain } = await consuming(
      ({ signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            reason.resolve(signal.reason);
            resolve();
          });
        }),
    );
    await consumer.receive([received(body())]);
    await drain(10);
    expect(await reason.promise).toBeInstanceOf(ShuttingDown);
  });
});

describe('failures', () => {
  it('leave a duplicate of unfinished work in the queue', async () => {
    const gate = Promise.withResolvers<void>();
    let first = true;
    const { consumer, sqs } = await consuming(async () => {
      if (!first) throw new RetryLater(30, 'another delivery is at it');
      first = false;
      await gate.promise;
    });
    const original = received(body());
    const duplicate = { ...original, ReceiptHandle: 'receipt-of-the-duplicate' };
    await consumer.receive([original]);
    await consumer.receive([duplicate]);
    await eventually(() => sqs.calls('ChangeMessageVisibility').length === 1);
    expect(sqs.calls('DeleteMessageBatch')).toHaveLength(0);
    gate.resolve();
    const [call] = await eventually(() => {
      const calls = sqs.calls('DeleteMessageBatch');
      return calls.length > 0 && calls;
    });
    expect(handles(call?.input.Entries ?? [])).toEqual([original.ReceiptHandle]);
  });

  it('back off exponentially, with jitter, within the bound', async () => {
    const retry = { firstDelaySeconds: 100, longestDelaySeconds: 150 };
    const { consumer, drain, sqs } = await consuming(() => Promise.reject(new Error('no')), { retry });
    const message = received(body());
    await consumer.receive([message]);
    await consumer.receive([message]);
    await drain(2000);
    const [first = 0, second = 0] = sqs
      .calls('ChangeMessageVisibility')
      .map(({ input }) => input.VisibilityTimeout ?? 0);
    expect(first).toBeGreaterThanOrEqual(50);
    expect(first).toBeLessThanOrEqual(100);
    expect(second).toBeGreaterThanOrEqual(75);
    expect(second).toBeLessThanOrEqual(150);
  });

  it('wait as long as a problem asks for', async () => {
    const problem = new Problem('dependency-unavailable', 'down', { retryAfterSeconds: 90 });
    const { consumer, drain, sqs } = await consuming(() => Promise.reject(problem));
    await consumer.receive([received(body())]);
    await drain(2000);
    expect(sqs.calls('ChangeMessageVisibility')[0]?.input.VisibilityTimeout).toBe(90);
  });

  it('are not counted while a service is away: the waits grow with the receptions, to a quarter of an hour', async () => {
    const problem = new Problem('dependency-unavailable', 'throttled');
    const { consumer, sqs, ledger, directory } = await consuming(() => Promise.reject(problem));
    const message = received(body());
    for (const receiveCount of [1, 5, 10]) {
      await consumer.receive([{ ...message, Attributes: { ApproximateReceiveCount: String(receiveCount) } }]);
      await eventually(() => consumer.freeSlots === 10);
    }
    const [first = 0, fifth = 0, tenth = 0] = sqs
      .calls('ChangeMessageVisibility')
      .map(({ input }) => input.VisibilityTimeout ?? 0);
    expect(first).toBeLessThanOrEqual(2);
    expect(fifth).toBeGreaterThanOrEqual(16);
    expect(fifth).toBeLessThanOrEqual(32);
    expect(tenth).toBeGreaterThanOrEqual(450);
    expect(tenth).toBeLessThanOrEqual(900);
    expect(sqs.calls('DeleteMessageBatch')).toHaveLength(0);
    expect(await ledger.count(directory.names.analysis.name, message.MessageId ?? '')).toBe(1);
  });

  it('write the record once, however often a crash repeats the move, and copy no more than needed', async () => {
    let copies = 0;
    const scripts: Record<string, Script> = {
      SendMessage: () => (++copies === 1 ? undefined : []), // the first attempt dies between record and copy
    };
    const problem = new Problem('not-built', 'never');
    const { consumer, sqs, deadLetters, directory, handler } = await consuming(() => Promise.reject(problem), {
      scripts,
    });
    const message = received(body(), 4);
    await consumer.receive([message]);
    await eventually(() => sqs.calls('ChangeMessageVisibility').length === 1);
    expect(sqs.calls('DeleteMessageBatch')).toHaveLength(0);

    await consumer.receive([{ ...message, ReceiptHandle: 'second' }]);
    await eventually(() => sqs.calls('DeleteMessageBatch').length === 1);
    await consumer.receive([{ ...message, ReceiptHandle: 'third' }]); // the delete was lost
    await eventually(() => sqs.calls('DeleteMessageBatch').length === 2);

    expect(handler.contexts).toHaveLength(1);
    expect(copies).toBe(2);
    const records = await deadLetters.list(directory.names.analysis.name, { limit: 100 });
    expect(records.items.filter(({ messageId }) => messageId === message.MessageId)).toHaveLength(1);
  });

  it('of the ledger itself leave the message for a later delivery', async () => {
    const sqs = await scriptedSqs();
    closers.push(sqs.close);
    const broken = {
      client: sqs.client,
      directory: new QueueDirectory(sqs.client),
      ledger: new FailureLedger(dynamo, 'no-such-table'),
      deadLetters: new DeadLetters(dynamo, table.name),
    };
    const consumers = await QueueConsumers.of(['analysis'], {}, broken);
    const { consumer } = consumers.lane('analysis');
    consumer.open(new ScriptedHandler(() => Promise.reject(new Error('no'))));
    await consumer.receive([received(body())]);
    await eventually(() => sqs.calls('ChangeMessageVisibility').length === 1);
    expect(sqs.calls('DeleteMessageBatch')).toHaveLength(0);
    await consumers.drain(100);
  });
});
