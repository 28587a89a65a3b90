import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  DisableAlarmActionsCommand,
  GetDashboardCommand,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DescribeLogGroupsCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateTopicCommand,
  GetSubscriptionAttributesCommand,
  ListTopicsCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
  TagQueueCommand,
  ListQueueTagsCommand,
} from '@aws-sdk/client-sqs';
import { clientOf, eventually, startProgram, type Child } from './spec/endpoint';

let directory: string;
let program: Child;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'local-aws-killed-'));
  program = await startProgram({ LOCAL_AWS_DATA_DIR: directory });
});
afterEach(async () => {
  await program.end('SIGTERM');
  await rm(directory, { recursive: true, force: true });
});

/** As a supervisor does for a process that was killed. */
async function another(): Promise<void> {
  await program.end('SIGKILL');
  program = await startProgram({ LOCAL_AWS_DATA_DIR: directory });
}

const sqs = () => new SQSClient({ ...clientOf(program.url), useQueueUrlAsEndpoint: false });
const sns = () => new SNSClient(clientOf(program.url));
const all = { MaxNumberOfMessages: 10, AttributeNames: ['All' as const], MessageAttributeNames: ['All'] };
const received = async (QueueUrl: string): Promise<Message[]> =>
  (await sqs().send(new ReceiveMessageCommand({ QueueUrl, ...all }))).Messages ?? [];
const queue = async (QueueName: string, Attributes: Record<string, string> = {}) => {
  const { QueueUrl = '' } = await sqs().send(new CreateQueueCommand({ QueueName, Attributes }));
  return QueueUrl;
};

describe('an endpoint that is killed and started again', () => {
  it('still has its queues, and every message that was not deleted', async () => {
    const url = await queue('work', { VisibilityTimeout: '600', MessageRetentionPeriod: '86400' });
    const gone = await queue('gone');
    await sqs().send(new TagQueueCommand({ QueueUrl: url, Tags: { owner: 'spec' } }));
    await sqs().send(new DeleteQueueCommand({ QueueUrl: gone }));
    const send = (MessageBody: string, more: object = {}) =>
      sqs().send(new SendMessageCommand({ QueueUrl: url, MessageBody, ...more }));
    await send('finished');
    const [finished] = await received(url);
    await sqs().send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: finished?.ReceiptHandle }));
    const attribute = { DataType: 'String', StringValue: 'r-1' };
    await send('held', { MessageAttributes: { requestId: attribute }, MessageGroupId: 'user' });
    const [held] = await received(url);
    await send('waiting');
    await send('later', { DelaySeconds: 600 });

    await another();
    const { QueueUrls = [] } = await sqs().send(new ListQueuesCommand({}));
    expect(QueueUrls.map((one) => path.basename(one))).toEqual(['work']);
    expect((await sqs().send(new ListQueueTagsCommand({ QueueUrl: url }))).Tags).toEqual({ owner: 'spec' });
    const { Attributes } = await sqs().send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }));
    expect(Attributes).toMatchObject({
      VisibilityTimeout: '600',
      MessageRetentionPeriod: '86400',
      ApproximateNumberOfMessages: '2',
      ApproximateNumberOfMessagesDelayed: '1',
    });
    const again = await received(url);
    expect(again.map(({ Body }) => Body).sort()).toEqual(['held', 'waiting']);
    expect(again.find(({ MessageId }) => MessageId === held?.MessageId)).toMatchObject({
      MD5OfMessageAttributes: held?.MD5OfMessageAttributes,
      MessageAttributes: { requestId: attribute },
      Attributes: { MessageGroupId: 'user', SentTimestamp: held?.Attributes?.SentTimestamp },
    });
  });

  it('keeps what a redrive moved where it moved it', async () => {
    const dead = await queue('dead');
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:dead',
      maxReceiveCount: 1,
    });
    const url = await queue('work', { VisibilityTimeout: '0', RedrivePolicy });
    await sqs().send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'poison' }));
    await received(url);
    await eventually(
      () => received(url),
      (messages) => messages.length === 0,
    );
    await another();
    expect(await received(url)).toEqual([]);
    const [message] = await received(dead);
    expect(message).toMatchObject({ Body: 'poison', Attributes: { DeadLetterQueueSourceArn: expect.any(String) } });
  });

  it('still delivers what is published, by the same filters', async () => {
    const url = await queue('events');
    const { TopicArn = '' } = await sns().send(new CreateTopicCommand({ Name: 'news' }));
    const subscribe = async (Endpoint: string) => {
      const Attributes = { RawMessageDelivery: 'true', FilterPolicy: JSON.stringify({ type: ['wanted'] }) };
      const command = { TopicArn, Protocol: 'sqs', Endpoint, Attributes, ReturnSubscriptionArn: true };
      return (await sns().send(new SubscribeCommand(command))).SubscriptionArn ?? '';
    };
    const SubscriptionArn = await subscribe('arn:aws:sqs:us-east-1:000000000000:events');
    const left = await subscribe('arn:aws:sqs:us-east-1:000000000000:nowhere');
    await sns().send(new UnsubscribeCommand({ SubscriptionArn: left }));

    await another();
    expect((await sns().send(new ListTopicsCommand({}))).Topics).toEqual([{ TopicArn }]);
    await expect(sns().send(new GetSubscriptionAttributesCommand({ SubscriptionArn: left }))).rejects.toMatchObject({
      name: 'NotFoundException',
    });
    expect((await sns().send(new GetSubscriptionAttributesCommand({ SubscriptionArn }))).Attributes).toMatchObject({
      RawMessageDelivery: 'true',
    });
    for (const StringValue of ['unwanted', 'wanted']) {
      const MessageAttributes = { type: { DataType: 'String', StringValue } };
      await sns().send(new PublishCommand({ TopicArn, Message: StringValue, MessageAttributes }));
    }
    expect((await received(url)).map(({ Body }) => Body)).toEqual(['wanted']);
  });

  it('still watches: alarms in their state, dashboards, log groups', async () => {
    const cloudwatch = () => new CloudWatchClient(clientOf(program.url));
    const logs = () => new CloudWatchLogsClient(clientOf(program.url));
    const AlarmName = 'depth';
    const alarm = {
      AlarmName,
      Namespace: 'Spec',
      MetricName: 'Depth',
      Statistic: 'Maximum' as const,
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 5,
      ComparisonOperator: 'GreaterThanThreshold' as const,
      TreatMissingData: 'ignore',
    };
    await cloudwatch().send(new PutMetricAlarmCommand(alarm));
    await cloudwatch().send(new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason: 'too deep' }));
    await cloudwatch().send(new DisableAlarmActionsCommand({ AlarmNames: [AlarmName] }));
    await cloudwatch().send(new PutDashboardCommand({ DashboardName: 'all', DashboardBody: '{"widgets":[]}' }));
    await logs().send(new CreateLogGroupCommand({ logGroupName: '/service' }));
    await logs().send(new PutRetentionPolicyCommand({ logGroupName: '/service', retentionInDays: 30 }));

    await another();
    const { MetricAlarms } = await cloudwatch().send(new DescribeAlarmsCommand({}));
    const state = { StateValue: 'ALARM', StateReason: 'too deep', ActionsEnabled: false };
    expect(MetricAlarms).toMatchObject([{ ...alarm, ...state }]);
    expect(await cloudwatch().send(new GetDashboardCommand({ DashboardName: 'all' }))).toMatchObject({
      DashboardBody: '{"widgets":[]}',
    });
    expect((await logs().send(new DescribeLogGroupsCommand({}))).logGroups).toMatchObject([
      { logGroupName: '/service', retentionInDays: 30 },
    ]);
  });
});
