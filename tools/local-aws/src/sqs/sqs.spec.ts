import { createHash } from 'node:crypto';
import {
  CancelMessageMoveTaskCommand,
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
  TagQueueCommand,
  UntagQueueCommand,
  type ReceiveMessageCommandInput,
  type SendMessageCommandInput,
} from '@aws-sdk/client-sqs';
import { clientOf, endpointForSpec, eventually } from '../spec/endpoint';

const endpoint = endpointForSpec();
let sqs: SQSClient;
beforeAll(() => {
  sqs = new SQSClient(clientOf(endpoint.url));
});
afterAll(() => sqs.destroy());

let count = 0;
async function queue(attributes: Record<string, string> = {}, name = `queue-${++count}`): Promise<string> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
  return QueueUrl!;
}
const send = (QueueUrl: string, MessageBody: string, more: Partial<SendMessageCommandInput> = {}) =>
  sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }));
async function receive(QueueUrl: string, more: Partial<ReceiveMessageCommandInput> = {}) {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'], ...more }),
  );
  return Messages;
}
async function counters(QueueUrl: string): Promise<number[]> {
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  const all: Record<string, string> = { ...Attributes };
  const of = (name: string): number => Number(all[`ApproximateNumberOfMessages${name}`]);
  return [of(''), of('NotVisible'), of('Delayed')];
}
const arnOf = async (QueueUrl: string): Promise<string> =>
  (await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }))).Attributes!.QueueArn!;

describe('queues', () => {
  it('answers with URLs on the host that the caller used', async () => {
    const named = new SQSClient(clientOf(endpoint.url.replace('127.0.0.1', 'localhost')));
    const { QueueUrl } = await named.send(new CreateQueueCommand({ QueueName: 'by-name' }));
    expect(QueueUrl).toBe(`${endpoint.url.replace('127.0.0.1', 'localhost')}/000000000000/by-name`);
    expect(await queue({}, 'by-name')).toBe(`${endpoint.url}/000000000000/by-name`);
    await named.send(new SendMessageCommand({ QueueUrl, MessageBody: 'works' }));
    named.destroy();
  });

  it('creates a queue again with equal attributes and refuses different ones', async () => {
    const url = await queue({ VisibilityTimeout: '60' }, 'again');
    expect(await queue({ VisibilityTimeout: '60' }, 'again')).toBe(url);
    expect(await queue({}, 'again')).toBe(url);
    await expect(queue({ VisibilityTimeout: '61' }, 'again')).rejects.toMatchObject({ name: 'QueueNameExists' });
  });

  it('says that a queue does not exist with the typed error', async () => {
    await expect(sqs.send(new GetQueueUrlCommand({ QueueName: 'nowhere' }))).rejects.toBeInstanceOf(QueueDoesNotExist);
    await expect(send(`${endpoint.url}/000000000000/nowhere`, 'x')).rejects.toBeInstanceOf(QueueDoesNotExist);
  });

  it('lists queues by prefix in pages', async () => {
    for (const name of ['page-a', 'page-b', 'page-c']) await queue({}, name);
    const first = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'page-', MaxResults: 2 }));
    expect(first.QueueUrls).toHaveLength(2);
    const second = await sqs.send(
      new ListQueuesCommand({ QueueNamePrefix: 'page-', MaxResults: 2, NextToken: first.NextToken }),
    );
    const names = [...first.QueueUrls!, ...second.QueueUrls!].map((url) => url.split('/').pop());
    expect(names).toEqual(['page-a', 'page-b', 'page-c']);
    expect(second.NextToken).toBeUndefined();
  });

  it('keeps attributes and tags, and refuses values out of range', async () => {
    const url = await queue();
    await sqs.send(
      new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { VisibilityTimeout: '7', DelaySeconds: '3' } }),
    );
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['VisibilityTimeout', 'DelaySeconds'] }),
    );
    expect(Attributes).toEqual({ VisibilityTimeout: '7', DelaySeconds: '3' });
    const bad = new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { VisibilityTimeout: '43201' } });
    await expect(sqs.send(bad)).rejects.toMatchObject({ name: 'InvalidAttributeValue' });
    await sqs.send(new TagQueueCommand({ QueueUrl: url, Tags: { a: '1', b: '2' } }));
    await sqs.send(new UntagQueueCommand({ QueueUrl: url, TagKeys: ['a'] }));
    expect((await sqs.send(new ListQueueTagsCommand({ QueueUrl: url }))).Tags).toEqual({ b: '2' });
  });

  it('answers 501 to FIFO queues', async () => {
    await expect(queue({}, 'x.fifo')).rejects.toMatchObject({ $metadata: { httpStatusCode: 501 } });
  });
});

describe('messages', () => {
  it('arrive with digests, attributes and system attributes', async () => {
    const url = await queue();
    const MessageAttributes = {
      kind: { DataType: 'String', StringValue: 'quote' },
      raw: { DataType: 'Binary', BinaryValue: Buffer.from([1, 2]) },
    };
    const before = Date.now();
    const sent = await send(url, 'hello', { MessageAttributes, MessageGroupId: 'user-1' });
    const [message] = await receive(url, { MessageAttributeNames: ['All'] });
    expect(message!.MD5OfBody).toBe(createHash('md5').update('hello').digest('hex'));
    expect(sent.MD5OfMessageAttributes).toBe(message!.MD5OfMessageAttributes);
    expect(message!.MessageAttributes!.kind!.StringValue).toBe('quote');
    expect(Buffer.from(message!.MessageAttributes!.raw!.BinaryValue!)).toEqual(Buffer.from([1, 2]));
    expect(message!.Attributes).toMatchObject({
      ApproximateReceiveCount: '1',
      MessageGroupId: 'user-1',
      SenderId: '000000000000',
    });
    expect(Number(message!.Attributes!.SentTimestamp)).toBeGreaterThanOrEqual(before);
    expect(Number(message!.Attributes!.ApproximateFirstReceiveTimestamp)).toBeGreaterThanOrEqual(before);
  });

  it('have the attribute digest that AWS documents', async () => {
    // Computed by the algorithm of the SQS developer guide with Python's hashlib and struct: name, type and value with their lengths.
    const url = await queue();
    const sent = await send(url, 'x', { MessageAttributes: { kind: { DataType: 'String', StringValue: 'quote' } } });
    const part = (text: string): Buffer => Buffer.concat([Buffer.from([0, 0, 0, text.length]), Buffer.from(text)]);
    const encoded = Buffer.concat([part('kind'), part('String'), Buffer.from([1]), part('quote')]);
    expect(sent.MD5OfMessageAttributes).toBe(createHash('md5').update(encoded).digest('hex'));
  });

  it('are hidden while in flight, visible again afterwards, and counted', async () => {
    const url = await queue();
    await send(url, 'a');
    await send(url, 'b', { DelaySeconds: 1 });
    expect(await counters(url)).toEqual([1, 0, 1]);
    await receive(url, { VisibilityTimeout: 1 });
    expect(await receive(url)).toEqual([]);
    expect(await counters(url)).toEqual([0, 1, 1]);
    const bodies: string[] = [];
    await eventually(
      async () => {
        for (const { Body } of await receive(url, { WaitTimeSeconds: 1 })) bodies.push(Body!);
        return bodies.length;
      },
      (seen) => seen === 2,
      5000,
    );
    expect(bodies.sort()).toEqual(['a', 'b']);
  });

  it('change visibility: zero gives back at once, more holds longer', async () => {
    const url = await queue();
    await send(url, 'a');
    const [first] = await receive(url);
    await sqs.send(
      new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle: first!.ReceiptHandle, VisibilityTimeout: 0 }),
    );
    const [second] = await receive(url, { VisibilityTimeout: 1 });
    expect(second!.Attributes!.ApproximateReceiveCount).toBe('2');
    const held = { QueueUrl: url, ReceiptHandle: second!.ReceiptHandle, VisibilityTimeout: 60 };
    await sqs.send(new ChangeMessageVisibilityCommand(held));
    expect(await receive(url, { WaitTimeSeconds: 2 })).toEqual([]);
    await expect(
      sqs.send(new ChangeMessageVisibilityCommand({ ...held, ReceiptHandle: first!.ReceiptHandle })),
    ).rejects.toThrow('not available for visibility timeout change');
  });

  it('report each bad entry of a batch as failed and settle the others', async () => {
    const url = await queue();
    await send(url, 'a');
    await send(url, 'b');
    const [a, b] = await receive(url);
    const visibility = await sqs.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: url,
        Entries: [
          { Id: 'good', ReceiptHandle: a!.ReceiptHandle, VisibilityTimeout: 30 },
          { Id: 'bad', ReceiptHandle: 'bad', VisibilityTimeout: 30 },
        ],
      }),
    );
    expect(visibility.Failed).toMatchObject([{ Id: 'bad', Code: 'ReceiptHandleIsInvalid', SenderFault: true }]);
    const deleted = await sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl: url,
        Entries: [
          { Id: 'one', ReceiptHandle: a!.ReceiptHandle },
          { Id: 'bad', ReceiptHandle: 'bad' },
          { Id: 'two', ReceiptHandle: b!.ReceiptHandle },
        ],
      }),
    );
    expect(deleted.Successful!.map(({ Id }) => Id)).toEqual(['one', 'two']);
    expect(deleted.Failed).toMatchObject([{ Id: 'bad', Code: 'ReceiptHandleIsInvalid' }]);
    expect(await counters(url)).toEqual([0, 0, 0]);
    await expect(sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: 'bad' }))).rejects.toMatchObject({
      name: 'ReceiptHandleIsInvalid',
    });
  });

  it('are kept when deleted with the handle of an earlier receive', async () => {
    const url = await queue({ VisibilityTimeout: '0' });
    await send(url, 'a');
    const [stale] = await receive(url);
    const [fresh] = await receive(url);
    await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: stale!.ReceiptHandle }));
    expect(await counters(url)).toEqual([1, 0, 0]);
    await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: fresh!.ReceiptHandle }));
    expect(await counters(url)).toEqual([0, 0, 0]);
  });

  it('are limited: 10 entries, distinct ids, 1 MiB, ten at a time', async () => {
    const url = await queue();
    const entries = Array.from({ length: 11 }, (_, index) => ({ Id: String(index), MessageBody: 'x' }));
    await expect(sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: entries }))).rejects.toMatchObject({
      name: 'TooManyEntriesInBatchRequest',
    });
    const twice = new SendMessageBatchCommand({ QueueUrl: url, Entries: [entries[0]!, entries[0]!] });
    await expect(sqs.send(twice)).rejects.toMatchObject({ name: 'BatchEntryIdsNotDistinct' });
    await expect(sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: [] }))).rejects.toMatchObject({
      name: 'EmptyBatchRequest',
    });
    await expect(send(url, 'x'.repeat(1_048_577))).rejects.toThrow('shorter than 1048576 bytes');
    expect((await send(url, 'x'.repeat(1_048_576))).MessageId).toBeDefined();
    await expect(send(url, 'bell \u0007')).rejects.toMatchObject({ name: 'InvalidMessageContents' });
    await expect(receive(url, { MaxNumberOfMessages: 11 })).rejects.toThrow('MaxNumberOfMessages');
    const large = Array.from({ length: 2 }, (_, index) => ({ Id: String(index), MessageBody: 'x'.repeat(600_000) }));
    await expect(sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: large }))).rejects.toMatchObject({
      name: 'BatchRequestTooLong',
    });
  });

  it('are purged, once a minute', async () => {
    const url = await queue();
    await send(url, 'a');
    await sqs.send(new PurgeQueueCommand({ QueueUrl: url }));
    expect(await counters(url)).toEqual([0, 0, 0]);
    await expect(sqs.send(new PurgeQueueCommand({ QueueUrl: url }))).rejects.toMatchObject({
      name: 'PurgeQueueInProgress',
    });
  });
});

describe('long polling', () => {
  it('wakes as soon as a message is sent', async () => {
    const url = await queue();
    const startedAt = performance.now();
    const polled = receive(url, { WaitTimeSeconds: 10 });
    setTimeout(() => void send(url, 'now'), 200);
    expect((await polled)[0]!.Body).toBe('now');
    expect(performance.now() - startedAt).toBeLessThan(3000);
  });

  it('wakes when a delay or a visibility timeout ends', async () => {
    const url = await queue();
    await send(url, 'later', { DelaySeconds: 1 });
    expect((await receive(url, { WaitTimeSeconds: 10, VisibilityTimeout: 1 }))[0]!.Body).toBe('later');
    expect((await receive(url, { WaitTimeSeconds: 10 }))[0]!.Attributes!.ApproximateReceiveCount).toBe('2');
  });

  it('ends when its queue is deleted', async () => {
    const url = await queue();
    const polled = receive(url, { WaitTimeSeconds: 20 });
    setTimeout(() => void sqs.send(new DeleteQueueCommand({ QueueUrl: url })), 100);
    expect(await polled).toEqual([]);
  });

  it('never strands a message when the poller hangs up', async () => {
    for (let round = 0; round < 10; round++) {
      const url = await queue();
      const hangUp = new AbortController();
      const polled = sqs
        .send(new ReceiveMessageCommand({ QueueUrl: url, WaitTimeSeconds: 10 }), { abortSignal: hangUp.signal })
        .catch(() => undefined);
      // The hang-up races the message: before it, with it, or after it.
      setTimeout(() => hangUp.abort(), 30 + round * 2);
      await new Promise((resolve) => setTimeout(resolve, 40));
      await send(url, 'kept');
      const answer = await polled;
      if (answer?.Messages?.length) continue; // it did arrive
      const [message] = await receive(url, { WaitTimeSeconds: 2 });
      expect(message).toMatchObject({ Body: 'kept' });
    }
  });
});

describe('dead letters', () => {
  async function withDeadLetters(maxReceiveCount: number): Promise<{ source: string; dead: string }> {
    const dead = await queue();
    const policy = JSON.stringify({ deadLetterTargetArn: await arnOf(dead), maxReceiveCount });
    return { source: await queue({ VisibilityTimeout: '0', RedrivePolicy: policy }), dead };
  }

  it('take a message that was received too often, with its id and origin', async () => {
    const { source, dead } = await withDeadLetters(2);
    const { MessageId } = await send(source, 'poison');
    await receive(source);
    await receive(source);
    expect(await receive(source)).toEqual([]);
    const [message] = await receive(dead);
    expect(message).toMatchObject({
      MessageId,
      Body: 'poison',
      Attributes: { DeadLetterQueueSourceArn: await arnOf(source) },
    });
    expect(message!.Attributes!.ApproximateReceiveCount).toBe('1');
    const sources = await sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: dead }));
    expect(sources.queueUrls).toEqual([source]);
  });

  it('go back to where they came from by a move task, and nowhere when a program sent them there', async () => {
    const { source, dead } = await withDeadLetters(1);
    for (const body of ['a', 'b', 'c']) await send(source, body);
    await receive(source);
    await receive(source);
    expect(await counters(dead)).toEqual([3, 0, 0]);
    const SourceArn = await arnOf(dead);
    const moved = async () => {
      await sqs.send(new StartMessageMoveTaskCommand({ SourceArn }));
      const tasks = () => sqs.send(new ListMessageMoveTasksCommand({ SourceArn }));
      return (await eventually(tasks, ({ Results = [] }) => Results[0]?.Status !== 'RUNNING')).Results![0];
    };
    const counts = { ApproximateNumberOfMessagesMoved: 3, ApproximateNumberOfMessagesToMove: 3, SourceArn };
    expect(await moved()).toMatchObject({ Status: 'COMPLETED', ...counts });
    expect(await counters(source)).toEqual([3, 0, 0]);
    expect(await counters(dead)).toEqual([0, 0, 0]);
    await send(dead, 'd');
    expect(await moved()).toMatchObject({ Status: 'FAILED', FailureReason: 'CouldNotDetermineMessageSource' });
  });

  it('move at the wished rate until the task is cancelled', async () => {
    const { source, dead } = await withDeadLetters(1);
    for (let index = 0; index < 20; index++) await send(source, String(index));
    for (let round = 0; round < 4; round++) await receive(source);
    const target = await queue();
    const { TaskHandle } = await sqs.send(
      new StartMessageMoveTaskCommand({
        SourceArn: await arnOf(dead),
        DestinationArn: await arnOf(target),
        MaxNumberOfMessagesPerSecond: 5,
      }),
    );
    const { ApproximateNumberOfMessagesMoved: moved } = await sqs.send(
      new CancelMessageMoveTaskCommand({ TaskHandle }),
    );
    expect(moved).toBeLessThan(20);
    expect((await counters(target))[0]).toBe(moved);
    expect((await counters(dead))[0]).toBe(20 - moved!);
  });

  it('can only be moved out of a dead-letter queue', async () => {
    const SourceArn = await arnOf(await queue());
    await expect(sqs.send(new StartMessageMoveTaskCommand({ SourceArn }))).rejects.toThrow('Dead Letter Queue');
  });
});

describe('fair queues', () => {
  it('serve a quiet group at once although a noisy one has a backlog', async () => {
    const url = await queue();
    for (let batch = 0; batch < 20; batch++) {
      const Entries = Array.from({ length: 10 }, (_, index) => ({
        Id: String(index),
        MessageBody: 'noisy',
        MessageGroupId: 'noisy',
      }));
      await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
    }
    await receive(url); // the noisy group has ten in flight now
    for (const quiet of ['q1', 'q2', 'q3']) await send(url, quiet, { MessageGroupId: quiet });
    const bodies = (await receive(url)).map(({ Body }) => Body);
    expect(bodies.slice(0, 3).sort()).toEqual(['q1', 'q2', 'q3']);
  });
});
