import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  ListTagsForResourceCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
  TagResourceCommand,
  type MetricDataQuery,
  type MetricDatum,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientOf, endpointForSpec, eventually } from '../spec/endpoint';

const endpoint = endpointForSpec();
let cloudwatch: CloudWatchClient;
let sns: SNSClient;
let sqs: SQSClient;
beforeAll(() => {
  cloudwatch = new CloudWatchClient(clientOf(endpoint.url));
  sns = new SNSClient(clientOf(endpoint.url));
  sqs = new SQSClient(clientOf(endpoint.url));
});
afterAll(() => [cloudwatch, sns, sqs].forEach((client) => client.destroy()));

let count = 0;
const space = (): string => `Space${++count}`;
const put = (Namespace: string, ...MetricData: MetricDatum[]) =>
  cloudwatch.send(new PutMetricDataCommand({ Namespace, MetricData }));
const minute = 60_000;
const thisMinute = (): number => Math.floor(Date.now() / minute) * minute;
const stat = (
  Id: string,
  Namespace: string,
  MetricName: string,
  Stat: string,
  more: Partial<MetricDataQuery> = {},
): MetricDataQuery => ({
  Id,
  MetricStat: { Metric: { Namespace, MetricName }, Period: 60, Stat },
  ...more,
});
async function data(MetricDataQueries: MetricDataQuery[], minutes = 10) {
  const range = { StartTime: new Date(thisMinute() - minutes * minute), EndTime: new Date(thisMinute() + minute) };
  const command = new GetMetricDataCommand({ MetricDataQueries, ...range, ScanBy: 'TimestampAscending' });
  const { MetricDataResults } = await cloudwatch.send(command);
  return Object.fromEntries(MetricDataResults!.map(({ Id, Values }) => [Id!, Values!]));
}
const ago = (minutes: number): Date => new Date(thisMinute() - minutes * minute);

describe('metrics', () => {
  it('give all statistics of values with counts', async () => {
    const Namespace = space();
    // 100 samples: 1…98 once each would hide nothing; here 98 × 10, one 20, one 90. By hand: sum 1090, p98 = 10, p99 = 20, p100 = 90.
    await put(Namespace, { MetricName: 'm', Values: [10, 20, 90], Counts: [98, 1, 1] });
    const names = ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount', 'p50', 'p98', 'p99', 'p99.5', 'p100'];
    const found = await data(names.map((name, index) => stat(`q${index}`, Namespace, 'm', name)));
    expect(names.map((_, index) => found[`q${index}`]![0])).toEqual([1090, 10.9, 10, 90, 100, 10, 10, 20, 90, 90]);
  });

  it('keep dimensions apart and sum what falls into one period', async () => {
    const Namespace = space();
    const Dimensions = [{ Name: 'Endpoint', Value: '/v1/x' }];
    await put(
      Namespace,
      { MetricName: 'm', Value: 1, Timestamp: ago(3) },
      { MetricName: 'm', Value: 2, Timestamp: ago(3) },
    );
    await put(Namespace, { MetricName: 'm', Value: 100, Dimensions }, { MetricName: 'm', Value: 3, Timestamp: ago(1) });
    expect((await data([stat('a', Namespace, 'm', 'Sum')])).a).toEqual([3, 3]);
    const { Metrics } = await cloudwatch.send(new ListMetricsCommand({ Namespace }));
    expect(Metrics).toHaveLength(2);
    const named = await cloudwatch.send(new ListMetricsCommand({ Namespace, Dimensions: [{ Name: 'Endpoint' }] }));
    expect(named.Metrics).toEqual([{ Namespace, MetricName: 'm', Dimensions }]);
  });

  it('are read by GetMetricStatistics, percentiles too', async () => {
    const Namespace = space();
    await put(Namespace, { MetricName: 'm', Values: [1, 2, 3, 4], Unit: 'Milliseconds' });
    const range = { StartTime: ago(5), EndTime: new Date(Date.now() + minute) };
    const { Datapoints } = await cloudwatch.send(
      new GetMetricStatisticsCommand({
        Namespace,
        MetricName: 'm',
        Period: 60,
        Statistics: ['Average'],
        ExtendedStatistics: ['p75'],
        ...range,
      }),
    );
    expect(Datapoints).toMatchObject([{ Average: 2.5, ExtendedStatistics: { p75: 3 }, Unit: 'Milliseconds' }]);
  });

  it('from statistic sets have no percentiles', async () => {
    const Namespace = space();
    await put(Namespace, { MetricName: 'm', StatisticValues: { SampleCount: 2, Sum: 4, Minimum: 1, Maximum: 3 } });
    const found = await data([stat('avg', Namespace, 'm', 'Average'), stat('p99', Namespace, 'm', 'p99')]);
    expect(found).toEqual({ avg: [2], p99: [] });
  });

  it('may come compressed', async () => {
    const Namespace = space();
    const MetricData = Array.from({ length: 1000 }, (_, index) => ({
      MetricName: 'm',
      Value: index,
      Dimensions: [{ Name: 'n', Value: `d${index % 5}` }],
    }));
    let encoding: string | undefined;
    const watched = new CloudWatchClient(clientOf(endpoint.url));
    watched.middlewareStack.add(
      (next) => (args) => {
        encoding = (args.request as { headers: Record<string, string> }).headers['content-encoding'];
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    await watched.send(new PutMetricDataCommand({ Namespace, MetricData }));
    watched.destroy();
    expect(encoding).toBe('gzip');
    expect((await cloudwatch.send(new ListMetricsCommand({ Namespace }))).Metrics).toHaveLength(5);
  });

  it.each<[string, MetricDatum[], string]>([
    ['NaN', [{ MetricName: 'm', Value: NaN }], 'InvalidParameterValueException'],
    ['infinity', [{ MetricName: 'm', Values: [1, Infinity] }], 'InvalidParameterValueException'],
    ['too large', [{ MetricName: 'm', Value: 1e120 }], 'InvalidParameterValueException'],
    [
      'too old',
      [{ MetricName: 'm', Value: 1, Timestamp: new Date(Date.now() - 15 * 86_400_000) }],
      'InvalidParameterValueException',
    ],
    [
      'too new',
      [{ MetricName: 'm', Value: 1, Timestamp: new Date(Date.now() + 3 * 3_600_000) }],
      'InvalidParameterValueException',
    ],
    [
      '151 values',
      [{ MetricName: 'm', Values: Array.from({ length: 151 }, (_, index) => index) }],
      'InvalidParameterValueException',
    ],
    ['fewer counts than values', [{ MetricName: 'm', Values: [1, 2], Counts: [1] }], 'InvalidParameterValueException'],
    ['value and values', [{ MetricName: 'm', Value: 1, Values: [1] }], 'InvalidParameterCombinationException'],
    ['no value', [{ MetricName: 'm' }], 'MissingRequiredParameterException'],
    [
      '1001 metrics',
      Array.from({ length: 1001 }, () => ({ MetricName: 'm', Value: 1 })),
      'InvalidParameterValueException',
    ],
  ])('are refused: %s, and nothing of the request is kept', async (_name, MetricData, name) => {
    const Namespace = space();
    await expect(put(Namespace, { MetricName: 'good', Value: 1 }, ...MetricData)).rejects.toMatchObject({ name });
    expect((await cloudwatch.send(new ListMetricsCommand({ Namespace }))).Metrics).toEqual([]);
  });

  it('of queues are there by themselves', async () => {
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'measured' }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
    const Dimensions = [{ Name: 'QueueName', Value: 'measured' }];
    const of = (Id: string, MetricName: string): MetricDataQuery => ({
      Id,
      MetricStat: { Metric: { Namespace: 'AWS/SQS', MetricName, Dimensions }, Period: 60, Stat: 'Maximum' },
    });
    const found = await eventually(
      () => data([of('visible', 'ApproximateNumberOfMessagesVisible'), of('age', 'ApproximateAgeOfOldestMessage')]),
      ({ age = [] }) => Math.max(...age) >= 1,
    );
    expect(Math.max(...found.visible!)).toBe(1);
  });
});

describe('metric math', () => {
  const Namespace = 'Math';
  beforeAll(() =>
    put(
      Namespace,
      ...[30, 10, 40].map((Value, index) => ({ MetricName: 'requests', Value, Timestamp: ago(4 - index) })),
      { MetricName: 'errors', Value: 3, Timestamp: ago(4) },
      { MetricName: 'errors', Value: 2, Timestamp: ago(2) },
    ),
  );
  // requests 30, 10, 40 at 4, 3, 2 minutes ago; errors 3, -, 2. Expected values by hand.
  it.each<[string, number[]]>([
    ['e / r', [0.1, 0.05]],
    ['100 * FILL(e, 0) / r', [10, 0, 5]],
    ['IF(r >= 20, 100 * FILL(e, 0) / r, 0)', [10, 0, 5]],
    ['IF(r >= 20, r)', [30, 40]],
    ['IF(r > 35, 1, IF(r > 20, 2, 3))', [2, 3, 1]],
    ['SUM(METRICS())', [33, 10, 42]],
    ['SUM([r, FILL(e, 0)])', [0, 0, 0, 0, 0, 0, 33, 10, 42, 0, 0]],
    ['MAX(METRICS("r")) - MIN(METRICS("r"))', [0, 0, 0]],
    ['r - AVG(r)', [30 - 80 / 3, 10 - 80 / 3, 40 - 80 / 3]],
    ['r > 10 AND r < 40', [1, 0, 0]],
    ['r == 10 || r == 40', [0, 1, 1]],
    ['-r + 2 ^ 3 * 2', [-14, 6, -24]],
    ['(r - 10) / (r - 10)', [1, 1]],
    ['DIFF(r)', [-20, 30]],
    ['RATE(r)', [-20 / 60, 30 / 60]],
    ['RUNNING_SUM(r)', [30, 40, 80]],
    ['r / PERIOD(r)', [0.5, 10 / 60, 40 / 60]],
    ['FILL(e, REPEAT)', [3, 3, 2, 2, 2]],
    ['FILL(e, LINEAR)', [3, 2.5, 2]],
    ['CEIL(r / 7) + FLOOR(r / 7) + ABS(-1)', [5 + 4 + 1, 2 + 1 + 1, 6 + 5 + 1]],
  ])('%s', async (Expression, expected) => {
    const inputs = [
      stat('r', Namespace, 'requests', 'Sum', { ReturnData: false }),
      stat('e', Namespace, 'errors', 'Sum', { ReturnData: false }),
    ];
    const { x } = await data([...inputs, { Id: 'x', Expression }], 10);
    expect(x).toHaveLength(expected.length);
    x!.forEach((value, index) => expect(value).toBeCloseTo(expected[index]!, 12));
  });

  it.each(['r +', 'unknown', 'NOFUNC(r)', 'x', '1', 'IF(r)', '"text"', 'r r'])('refuses %s', async (Expression) => {
    const queries = [stat('r', Namespace, 'requests', 'Sum'), { Id: 'x', Expression }];
    await expect(data(queries)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('alarms', () => {
  async function topicWithQueue() {
    const name = `alarms-${++count}`;
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: name }));
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
    const Endpoint = `arn:aws:sqs:us-east-1:000000000000:${name}`;
    await sns.send(
      new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, Attributes: { RawMessageDelivery: 'true' } }),
    );
    const next = async () => {
      const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
      return Messages && JSON.parse(Messages[0]!.Body!);
    };
    return { TopicArn: TopicArn!, next };
  }
  const alarm = async (more: Partial<PutMetricAlarmCommandInput>): Promise<string> => {
    const AlarmName = `alarm-${++count}`;
    await cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName,
        ComparisonOperator: 'GreaterThanThreshold',
        EvaluationPeriods: 1,
        Threshold: 5,
        ...(!more.Metrics && { MetricName: 'm', Period: 60, Statistic: 'Sum' }),
        ...more,
      }),
    );
    return AlarmName;
  };
  const stateOf = async (name: string) => {
    const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
    return MetricAlarms![0]!;
  };
  const becomes = (name: string, state: string) =>
    eventually(
      () => stateOf(name),
      ({ StateValue }) => StateValue === state,
    );

  it('go off by themselves and tell the topic in CloudWatch’s format', async () => {
    const Namespace = space();
    const { TopicArn, next } = await topicWithQueue();
    const name = await alarm({
      Namespace,
      AlarmActions: [TopicArn],
      AlarmDescription: 'too much',
      Dimensions: [{ Name: 'd', Value: 'v' }],
    });
    expect((await stateOf(name)).StateValue).toBe('INSUFFICIENT_DATA');
    await put(Namespace, { MetricName: 'm', Value: 6, Dimensions: [{ Name: 'd', Value: 'v' }] });
    expect((await becomes(name, 'ALARM')).StateReason).toContain('Threshold Crossed');
    expect(await next()).toMatchObject({
      AlarmName: name,
      AlarmDescription: 'too much',
      AWSAccountId: '000000000000',
      NewStateValue: 'ALARM',
      OldStateValue: 'INSUFFICIENT_DATA',
      Region: 'US East (N. Virginia)',
      StateChangeTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+\+0000$/),
      AlarmArn: `arn:aws:cloudwatch:us-east-1:000000000000:alarm:${name}`,
      Trigger: {
        MetricName: 'm',
        Namespace,
        Statistic: 'SUM',
        Dimensions: [{ name: 'd', value: 'v' }],
        Period: 60,
        Threshold: 5,
        ComparisonOperator: 'GreaterThanThreshold',
      },
    });
    const { AlarmHistoryItems } = await cloudwatch.send(new DescribeAlarmHistoryCommand({ AlarmName: name }));
    expect(AlarmHistoryItems!.map(({ HistoryItemType }) => HistoryItemType)).toEqual([
      'Action',
      'StateUpdate',
      'ConfigurationUpdate',
    ]);
  });

  it('need M of N datapoints', async () => {
    const Namespace = space();
    for (const minutes of [1, 3, 5]) await put(Namespace, { MetricName: 'm', Value: 6, Timestamp: ago(minutes) });
    for (const minutes of [2, 4]) await put(Namespace, { MetricName: 'm', Value: 1, Timestamp: ago(minutes) });
    const [three, four] = [
      await alarm({ Namespace, EvaluationPeriods: 6, DatapointsToAlarm: 3 }),
      await alarm({ Namespace, EvaluationPeriods: 6, DatapointsToAlarm: 4 }),
    ];
    await becomes(three, 'ALARM');
    await becomes(four, 'OK');
  });

  it('treat missing data as they are told', async () => {
    const Namespace = space();
    const of = (TreatMissingData: string) => alarm({ Namespace, EvaluationPeriods: 3, TreatMissingData });
    const [breaching, fine, missing] = [await of('breaching'), await of('notBreaching'), await of('missing')];
    await becomes(breaching, 'ALARM');
    await becomes(fine, 'OK');
    expect((await stateOf(missing)).StateValue).toBe('INSUFFICIENT_DATA');
  });

  it('watch metric math', async () => {
    const Namespace = space();
    const { TopicArn, next } = await topicWithQueue();
    await put(Namespace, { MetricName: 'errors', Value: 3 }, { MetricName: 'requests', Value: 30 });
    const name = await alarm({
      AlarmActions: [TopicArn],
      Metrics: [
        stat('e', Namespace, 'errors', 'Sum', { ReturnData: false }),
        stat('r', Namespace, 'requests', 'Sum', { ReturnData: false }),
        { Id: 'rate', Expression: 'IF(r >= 20, 100 * e / r, 0)', Label: 'error rate' },
      ],
    });
    await becomes(name, 'ALARM');
    expect(await next()).toMatchObject({
      Trigger: { Metrics: [{ Id: 'e' }, { Id: 'r' }, { Expression: 'IF(r >= 20, 100 * e / r, 0)' }] },
    });
    expect((await stateOf(name)).Metrics).toHaveLength(3);
  });

  it('are set by hand, silenced and deleted', async () => {
    const Namespace = space();
    const { TopicArn, next } = await topicWithQueue();
    const AlarmName = await alarm({
      Namespace,
      OKActions: [TopicArn],
      AlarmActions: [TopicArn],
      TreatMissingData: 'ignore',
    });
    const set = (StateValue: 'OK' | 'ALARM') =>
      cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: 'by hand' }));
    await cloudwatch.send(new DisableAlarmActionsCommand({ AlarmNames: [AlarmName] }));
    await set('OK');
    await cloudwatch.send(new EnableAlarmActionsCommand({ AlarmNames: [AlarmName] }));
    await set('ALARM');
    expect(await next()).toMatchObject({ NewStateValue: 'ALARM', OldStateValue: 'OK', NewStateReason: 'by hand' });
    await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [AlarmName] }));
    await expect(set('OK')).rejects.toMatchObject({ name: 'ResourceNotFound' });
  });

  it('keep tags, are found by prefix and in pages, and are checked', async () => {
    const Namespace = space();
    const names = [await alarm({ Namespace }), await alarm({ Namespace })];
    const ResourceARN = (await stateOf(names[0]!)).AlarmArn;
    await cloudwatch.send(new TagResourceCommand({ ResourceARN, Tags: [{ Key: 'a', Value: 'b' }] }));
    expect((await cloudwatch.send(new ListTagsForResourceCommand({ ResourceARN }))).Tags).toEqual([
      { Key: 'a', Value: 'b' },
    ]);
    const page = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: 'alarm-', MaxRecords: 1 }));
    expect([page.MetricAlarms!.length, typeof page.NextToken]).toEqual([1, 'string']);
    await expect(alarm({ Namespace, DatapointsToAlarm: 2 })).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(alarm({ Namespace, Metrics: [stat('a', Namespace, 'm', 'Sum')], MetricName: 'm' })).rejects.toThrow(
      'cannot be combined',
    );
    const composite = new PutCompositeAlarmCommand({ AlarmName: 'c', AlarmRule: 'ALARM(a)' });
    await expect(cloudwatch.send(composite)).rejects.toMatchObject({ $metadata: { httpStatusCode: 501 } });
  });
});
