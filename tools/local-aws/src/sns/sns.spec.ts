import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  ConfirmSubscriptionCommand,
  CreateTopicCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListTagsForResourceCommand,
  ListTopicsCommand,
  PublishBatchCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
  TagResourceCommand,
  UnsubscribeCommand,
  UntagResourceCommand,
  type PublishCommandInput,
} from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientOf, endpointForSpec, eventually } from '../spec/endpoint';

const endpoint = endpointForSpec();
let sns: SNSClient;
let sqs: SQSClient;
beforeAll(() => {
  sns = new SNSClient(clientOf(endpoint.url));
  sqs = new SQSClient(clientOf(endpoint.url));
});
afterAll(() => {
  sns.destroy();
  sqs.destroy();
});

let count = 0;
const topic = async (): Promise<string> =>
  (await sns.send(new CreateTopicCommand({ Name: `topic-${++count}` }))).TopicArn!;

async function subscribedQueue(TopicArn: string, Attributes: Record<string, string> = {}) {
  const name = `queue-${++count}`;
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const Endpoint = `arn:aws:sqs:us-east-1:000000000000:${name}`;
  const { SubscriptionArn } = await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, Attributes }));
  const receive = async () => {
    const command = {
      QueueUrl,
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['All' as const],
    };
    return (await sqs.send(new ReceiveMessageCommand(command))).Messages ?? [];
  };
  return { SubscriptionArn, Endpoint, receive, bodies: async () => (await receive()).map(({ Body }) => Body!) };
}
const publish = (TopicArn: string, Message: string, more: Partial<PublishCommandInput> = {}) =>
  sns.send(new PublishCommand({ TopicArn, Message, ...more }));
const text = (StringValue: string) => ({ DataType: 'String', StringValue });

describe('topics', () => {
  it('are created once, listed, described and deleted', async () => {
    const TopicArn = await topic();
    const again = await sns.send(new CreateTopicCommand({ Name: TopicArn.split(':').pop() }));
    expect(again.TopicArn).toBe(TopicArn);
    await sns.send(
      new SetTopicAttributesCommand({ TopicArn, AttributeName: 'DisplayName', AttributeValue: 'Alarms & more' }),
    );
    const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
    expect(Attributes).toMatchObject({ TopicArn, DisplayName: 'Alarms & more', SubscriptionsConfirmed: '0' });
    expect((await sns.send(new ListTopicsCommand({}))).Topics).toContainEqual({ TopicArn });
    await sns.send(new DeleteTopicCommand({ TopicArn }));
    await expect(publish(TopicArn, 'x')).rejects.toMatchObject({ name: 'NotFoundException' });
  });

  it('keep tags', async () => {
    const ResourceArn = await topic();
    await sns.send(
      new TagResourceCommand({
        ResourceArn,
        Tags: [
          { Key: 'a', Value: '1' },
          { Key: 'b', Value: '2' },
        ],
      }),
    );
    await sns.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['a'] }));
    expect((await sns.send(new ListTagsForResourceCommand({ ResourceArn }))).Tags).toEqual([{ Key: 'b', Value: '2' }]);
  });
});

describe('delivery to queues', () => {
  it('wraps the message in the envelope of AWS', async () => {
    const TopicArn = await topic();
    const { receive } = await subscribedQueue(TopicArn);
    const { MessageId } = await publish(TopicArn, 'hi <&> "there"', {
      Subject: 'Sub',
      MessageAttributes: { type: text('x') },
    });
    const [message] = await receive();
    expect(JSON.parse(message!.Body!)).toMatchObject({
      Type: 'Notification',
      MessageId,
      TopicArn,
      Subject: 'Sub',
      Message: 'hi <&> "there"',
      MessageAttributes: { type: { Type: 'String', Value: 'x' } },
    });
    expect(message!.MessageAttributes).toBeUndefined();
  });

  it('delivers raw with message attributes and passes the message group on', async () => {
    const TopicArn = await topic();
    const { receive } = await subscribedQueue(TopicArn, { RawMessageDelivery: 'true' });
    await publish(TopicArn, 'raw', { MessageAttributes: { userId: text('u1') }, MessageGroupId: 'u1' });
    const [message] = await receive();
    expect(message).toMatchObject({ Body: 'raw', Attributes: { MessageGroupId: 'u1' } });
    expect(message!.MessageAttributes!.userId!.StringValue).toBe('u1');
  });

  it('publishes batches, each entry on its own', async () => {
    const TopicArn = await topic();
    const { bodies } = await subscribedQueue(TopicArn, { RawMessageDelivery: 'true' });
    const { Successful, Failed } = await sns.send(
      new PublishBatchCommand({
        TopicArn,
        PublishBatchRequestEntries: [
          { Id: 'a', Message: 'one', MessageAttributes: { k: text('v') } },
          { Id: 'b', Message: '' },
          { Id: 'c', Message: 'three' },
        ],
      }),
    );
    expect(Successful!.map(({ Id }) => Id)).toEqual(['a', 'c']);
    expect(Failed).toMatchObject([{ Id: 'b', SenderFault: true }]);
    expect(await bodies()).toEqual(['one', 'three']);
    const entries = Array.from({ length: 11 }, (_, index) => ({ Id: String(index), Message: 'x' }));
    await expect(
      sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: entries })),
    ).rejects.toMatchObject({
      name: 'TooManyEntriesInBatchRequestException',
    });
  });

  it('sends what has no queue to the subscription’s dead-letter queue', async () => {
    const TopicArn = await topic();
    const dead = await subscribedQueue(await topic());
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.Endpoint });
    const Endpoint = 'arn:aws:sqs:us-east-1:000000000000:missing';
    await sns.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: 'sqs',
        Endpoint,
        Attributes: { RedrivePolicy, RawMessageDelivery: 'true' },
      }),
    );
    await publish(TopicArn, 'lost');
    expect(await dead.bodies()).toEqual(['lost']);
  });
});

describe('subscriptions', () => {
  it('filter by attributes, also after a change', async () => {
    const TopicArn = await topic();
    const { bodies, SubscriptionArn } = await subscribedQueue(TopicArn, {
      RawMessageDelivery: 'true',
      FilterPolicy: JSON.stringify({ severity: ['critical'] }),
    });
    await publish(TopicArn, 'no');
    await publish(TopicArn, 'yes', { MessageAttributes: { severity: text('critical') } });
    await sns.send(
      new SetSubscriptionAttributesCommand({
        SubscriptionArn,
        AttributeName: 'FilterPolicy',
        AttributeValue: '{"severity":["info"]}',
      }),
    );
    await publish(TopicArn, 'no more', { MessageAttributes: { severity: text('critical') } });
    expect(await bodies()).toEqual(['yes']);
    const bad = { SubscriptionArn, AttributeName: 'FilterPolicy', AttributeValue: '{"a":"not an array"}' };
    await expect(sns.send(new SetSubscriptionAttributesCommand(bad))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    const { Attributes } = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
    expect(Attributes!.FilterPolicy).toBe('{"severity":["info"]}');
  });

  it('filter by the body', async () => {
    const TopicArn = await topic();
    const { bodies } = await subscribedQueue(TopicArn, {
      RawMessageDelivery: 'true',
      FilterPolicyScope: 'MessageBody',
      FilterPolicy: JSON.stringify({ order: { total: [{ numeric: ['>', 100] }] } }),
    });
    await publish(TopicArn, '{"order":{"total":100}}');
    await publish(TopicArn, '{"order":{"total":101}}');
    await publish(TopicArn, 'no json');
    expect(await bodies()).toEqual(['{"order":{"total":101}}']);
  });

  it('are the same when made again, listed, and gone after unsubscribing', async () => {
    const TopicArn = await topic();
    const { SubscriptionArn, Endpoint, bodies } = await subscribedQueue(TopicArn);
    const again = await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }));
    expect(again.SubscriptionArn).toBe(SubscriptionArn);
    const list = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    expect(list.Subscriptions).toMatchObject([{ SubscriptionArn, Endpoint, Protocol: 'sqs', TopicArn }]);
    await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
    await publish(TopicArn, 'x');
    expect(await bodies()).toEqual([]);
  });

  it('by e-mail wait for confirmation', async () => {
    const TopicArn = await topic();
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: 'ops@example.com' }));
    const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    expect(Subscriptions).toMatchObject([{ SubscriptionArn: 'PendingConfirmation', Endpoint: 'ops@example.com' }]);
  });
});

describe('http subscribers', () => {
  interface Seen {
    readonly type: string;
    readonly body: string;
  }
  const seen: Seen[] = [];
  let failing = 0;
  let server: Server;
  let url: string;
  beforeAll(async () => {
    server = createServer((request: IncomingMessage, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const fails = failing > 0 && request.headers['x-amz-sns-message-type'] === 'Notification';
        if (fails) failing--;
        else seen.push({ type: String(request.headers['x-amz-sns-message-type']), body });
        response.writeHead(fails ? 500 : 200).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  const of = (type: string, part: string) => seen.filter((one) => one.type === type && one.body.includes(part));

  it('get nothing before they confirm, everything afterwards, and retries when they fail', async () => {
    const TopicArn = await topic();
    const DeliveryPolicy = JSON.stringify({ healthyRetryPolicy: { numRetries: 3, minDelayTarget: 0 } });
    const subscribed = await sns.send(
      new SubscribeCommand({ TopicArn, Protocol: 'http', Endpoint: `${url}/hook`, Attributes: { DeliveryPolicy } }),
    );
    expect(subscribed.SubscriptionArn).toBe('pending confirmation');
    await publish(TopicArn, 'too early');
    const [handshake] = await eventually(
      () => Promise.resolve(of('SubscriptionConfirmation', TopicArn)),
      (found) => found.length > 0,
    );
    const { SubscribeURL } = JSON.parse(handshake!.body);
    expect((await fetch(SubscribeURL)).status).toBe(200);
    failing = 2;
    await publish(TopicArn, 'in time');
    await eventually(
      () => Promise.resolve(of('Notification', 'in time')),
      (found) => found.length > 0,
    );
    expect(of('Notification', 'too early')).toEqual([]);
  });

  it('can confirm with the token and end in the dead-letter queue when they stay away', async () => {
    const TopicArn = await topic();
    const dead = await subscribedQueue(await topic());
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'http', Endpoint: `${url}/gone` }));
    const [handshake] = await eventually(
      () => Promise.resolve(of('SubscriptionConfirmation', TopicArn)),
      (found) => found.length > 0,
    );
    const { Token } = JSON.parse(handshake!.body);
    const { SubscriptionArn } = await sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token }));
    const set = (AttributeName: string, value: object) =>
      sns.send(
        new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue: JSON.stringify(value) }),
      );
    await set('RedrivePolicy', { deadLetterTargetArn: dead.Endpoint });
    await set('DeliveryPolicy', { healthyRetryPolicy: { numRetries: 1, minDelayTarget: 0 } });
    failing = 2;
    await publish(TopicArn, 'nobody home');
    const bodies = await eventually(dead.bodies, (found) => found.length > 0);
    expect(bodies[0]).toContain('nobody home');
  });

  it('of a wrong token are not confirmed', async () => {
    const confirm = new ConfirmSubscriptionCommand({ TopicArn: await topic(), Token: 'wrong' });
    await expect(sns.send(confirm)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });
});
