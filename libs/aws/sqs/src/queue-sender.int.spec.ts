import { randomUUID } from 'node:crypto';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { QueueBody } from '@stocktool/contracts';
import { RequestContext } from '@stocktool/observability';
import { createQueuePair, type LocalQueuePair, localSqs } from '@stocktool/testing';
import { topology } from '@stocktool/topology';
import { QueueDirectory } from './queue-directory';
import { MessageTooLarge, QueueSender } from './queue-sender';
import { type Script, scriptedSqs } from './scripted-sqs.fixture';

const body = (): QueueBody<'analysis'> => ({ userId: randomUUID(), analysisId: randomUUID() });

/** Well-formed, and as long as it takes. */
const longBody = (characters: number): QueueBody<'notifications'> => ({
  kind: 'account-mail',
  id: 'm',
  template: 'verify-email',
  to: 'a@b.c',
  token: 'x'.repeat(characters),
});

async function sending(scripts: Record<string, Script> = {}) {
  const sqs = await scriptedSqs(scripts);
  return { sqs, sender: new QueueSender(sqs.client, new QueueDirectory(sqs.client)) };
}
const sizes = (sqs: Awaited<ReturnType<typeof scriptedSqs>>) =>
  sqs.calls('SendMessageBatch').map(({ input }) => input.Entries.length);

describe('QueueSender', () => {
  let pair: LocalQueuePair;
  beforeAll(async () => (pair = await createQueuePair('analysis')));
  afterAll(() => pair.drop());

  it('delivers the body with the group, the delay and the context of the request', async () => {
    const client = localSqs();
    const names = { ...topology.queues, analysis: pair };
    const sender = new QueueSender(client, new QueueDirectory(client, names));
    const sent = body();
    await RequestContext.run({ requestId: 'request-1', traceparent: '00-a-b-01' }, () =>
      sender.send('analysis', sent, { groupId: sent.userId, delaySeconds: 1 }),
    );
    const sentAtMs = performance.now();
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: pair.url,
        WaitTimeSeconds: 10,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['MessageGroupId'],
      }),
    );
    expect(performance.now() - sentAtMs).toBeGreaterThan(500);
    expect(JSON.parse(Messages[0]?.Body ?? '')).toEqual(sent);
    expect(Messages[0]?.Attributes?.MessageGroupId).toBe(sent.userId);
    expect(Messages[0]?.MessageAttributes?.requestId?.StringValue).toBe('request-1');
    expect(Messages[0]?.MessageAttributes?.traceparent?.StringValue).toBe('00-a-b-01');
    client.destroy();
  });

  it('shares calls between messages that are sent together, ten to a call', async () => {
    const { sqs, sender } = await sending();
    await Promise.all(Array.from({ length: 23 }, () => sender.send('analysis', body())));
    expect(sizes(sqs)).toEqual([10, 10, 3]);
    sqs.close();
  });

  it('never puts more bytes into a call than SQS takes', async () => {
    const { sqs, sender } = await sending();
    await Promise.all([1, 2, 3].map(() => sender.send('notifications', longBody(100_000))));
    expect(sizes(sqs)).toEqual([2, 1]);
    sqs.close();
  });

  it('refuses what the catalogue does not describe, and what is too large, before anything is sent', async () => {
    const { sqs, sender } = await sending();
    await expect(sender.send('analysis', { userId: 'no uuid', analysisId: randomUUID() })).rejects.toThrow('uuid');
    await expect(sender.send('notifications', longBody(200_000))).rejects.toThrow(MessageTooLarge);
    expect(sizes(sqs)).toEqual([]);
    sqs.close();
  });

  it('sends entries that failed inside a 200 again, alone', async () => {
    let calls = 0;
    const { sqs, sender } = await sending({
      SendMessageBatch: () => (++calls === 1 ? [{ Id: '1', SenderFault: false, Code: 'InternalError' }] : []),
    });
    await Promise.all([sender.send('analysis', body()), sender.send('analysis', body())]);
    expect(sizes(sqs)).toEqual([2, 1]);
    const [first, second] = sqs.calls('SendMessageBatch').map(({ input }) => input.Entries.map((e) => e.MessageBody));
    expect(second).toEqual([first?.[1]]);
    sqs.close();
  });

  it('fails only the sends whose entries are not taken: by our fault at once, else as a retryable problem', async () => {
    const { sqs, sender } = await sending({
      SendMessageBatch: ({ Entries }) =>
        Entries.length === 3
          ? [
              { Id: '1', SenderFault: true, Code: 'InvalidMessageContents' },
              { Id: '2', SenderFault: false, Code: 'InternalError' },
            ]
          : [{ Id: '0', SenderFault: false, Code: 'InternalError' }],
    });
    const [taken, refused, failed] = await Promise.allSettled([1, 2, 3].map(() => sender.send('analysis', body())));
    expect(taken?.status).toBe('fulfilled');
    expect(refused).toMatchObject({ reason: { message: 'SQS refused a message: InvalidMessageContents' } });
    expect(failed).toMatchObject({ reason: { code: 'dependency-unavailable', retryable: true } });
    expect(sizes(sqs)).toEqual([3, 1, 1, 1]);
    sqs.close();
  });

  it('turns an SQS that does not answer into a retryable problem', async () => {
    const { sqs, sender } = await sending({ SendMessageBatch: () => undefined });
    await expect(sender.send('analysis', body())).rejects.toMatchObject({ code: 'dependency-unavailable' });
    sqs.close();
  });

  it('has everything with SQS when a shutdown has flushed it', async () => {
    const { sqs, sender } = await sending();
    const sends = [sender.send('analysis', body()), sender.send('metrics', aBatch())];
    await sender.beforeApplicationShutdown();
    expect(sizes(sqs)).toEqual([1, 1]);
    await Promise.all(sends);
    sqs.close();
  });
});

const aBatch = (): QueueBody<'metrics'> => ({
  batchId: randomUUID(),
  service: 'test',
  series: [{ name: 'N', unit: 'Count', dimensions: {}, timestamp: '2026-01-01T00:00:00Z', values: [1], counts: [1] }],
});
