import { randomUUID } from 'node:crypto';
import { CreateTopicCommand, DeleteTopicCommand, type SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { Test } from '@nestjs/testing';
import { makeEvent, type StockToolEvent } from '@stocktool/contracts';
import { RequestContext } from '@stocktool/observability';
import { createQueuePair, type LocalQueuePair, localSns, localSqs } from '@stocktool/testing';
import { EventPublisher } from './event-publisher';
import { TopicModule } from './topic.module';

const topicName = `stocktool-test-${randomUUID().slice(0, 8)}`;
let sns: SNSClient;
let sqs: SQSClient;
let pair: LocalQueuePair;
let TopicArn: string | undefined;
let publisher: EventPublisher;

beforeAll(async () => {
  [sns, sqs, pair] = [localSns(), localSqs(), await createQueuePair('notifications')];
  ({ TopicArn } = await sns.send(new CreateTopicCommand({ Name: topicName })));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: pair.url, AttributeNames: ['QueueArn'] }),
  );
  await sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: Attributes?.QueueArn,
      Attributes: { RawMessageDelivery: 'true', FilterPolicy: JSON.stringify({ type: ['document.ready'] }) },
    }),
  );
  const module = Test.createTestingModule({ imports: [TopicModule.register({ topicName })] });
  publisher = (await module.compile()).get(EventPublisher);
});
afterAll(async () => {
  await sns.send(new DeleteTopicCommand({ TopicArn }));
  await pair.drop();
  sns.destroy();
  sqs.destroy();
});

const ready = (name: string): StockToolEvent => {
  const data = { userId: randomUUID(), documentId: randomUUID(), name, chunks: 1 };
  return makeEvent('document.ready', { id: randomUUID(), source: '/test', time: new Date(0), data });
};
const raised = () =>
  makeEvent('alarm.raised', {
    id: randomUUID(),
    source: '/test',
    time: new Date(0),
    data: { alarm: 'a', reason: 'r', since: '2026-01-01T00:00:00Z' },
  });

async function receive(count: number): Promise<Message[]> {
  const all: Message[] = [];
  const deadline = performance.now() + 10_000;
  while (all.length < count && performance.now() < deadline) {
    const input = { QueueUrl: pair.url, MaxNumberOfMessages: 10, WaitTimeSeconds: 2, MessageAttributeNames: ['All'] };
    const command = new ReceiveMessageCommand({ ...input, MessageSystemAttributeNames: ['MessageGroupId'] });
    all.push(...((await sqs.send(command)).Messages ?? []));
  }
  return all;
}

describe('EventPublisher', () => {
  it('publishes an event with the attributes that filters and consumers need, grouped by user', async () => {
    const event = ready('one');
    await RequestContext.run({ requestId: 'request-1', traceparent: '00-a-b-01' }, async () => {
      await publisher.publish(raised());
      await publisher.publish(event);
    });
    const [message] = await receive(1);
    expect(JSON.parse(message?.Body ?? '')).toEqual(event);
    const attributes = Object.entries(message?.MessageAttributes ?? {}).map(([name, { StringValue }]) => [
      name,
      StringValue,
    ]);
    expect(Object.fromEntries(attributes)).toEqual({
      type: 'document.ready',
      severity: 'info',
      userId: (event.data as { userId: string }).userId,
      requestId: 'request-1',
      traceparent: '00-a-b-01',
    });
  });

  it('publishes many in batches', async () => {
    const events = Array.from({ length: 23 }, (_, index) => ready(`document ${index}`));
    await publisher.publishBatch(events);
    const names = (await receive(23)).map(({ Body }) => (JSON.parse(Body ?? '') as StockToolEvent).id);
    expect(names.sort()).toEqual(events.map(({ id }) => id).sort());
  });

  it('refuses what is no event of the catalogue', async () => {
    await expect(publisher.publish({ ...ready('x'), id: '' })).rejects.toThrow();
  });

  it('names the topic that does not exist', async () => {
    const module = Test.createTestingModule({ imports: [TopicModule.register({ topicName: 'absent' })] });
    const lost = (await module.compile()).get(EventPublisher);
    await expect(lost.publish(raised())).rejects.toThrow('There is no topic absent');
  });
});
