import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  ListTagsForResourceCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
  StartQueryCommand,
  TagResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { clientOf, endpointForSpec } from '../spec/endpoint';

const endpoint = endpointForSpec();
let logs: CloudWatchLogsClient;
beforeAll(() => {
  logs = new CloudWatchLogsClient(clientOf(endpoint.url));
});
afterAll(() => logs.destroy());

let count = 0;
async function stream(): Promise<{ logGroupName: string; logStreamName: string }> {
  const names = { logGroupName: `/spec/${++count}`, logStreamName: 'main' };
  await logs.send(new CreateLogGroupCommand(names));
  await logs.send(new CreateLogStreamCommand(names));
  return names;
}
async function write(
  names: { logGroupName: string; logStreamName: string },
  messages: string[],
  timestamp = Date.now() - 1000,
) {
  const logEvents = messages.map((message, index) => ({ timestamp: timestamp + index, message }));
  return logs.send(new PutLogEventsCommand({ ...names, logEvents }));
}

describe('log groups', () => {
  it('are created once, described with their retention, tagged and deleted', async () => {
    const { logGroupName } = await stream();
    await expect(logs.send(new CreateLogGroupCommand({ logGroupName }))).rejects.toMatchObject({
      name: 'ResourceAlreadyExistsException',
    });
    await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 7 }));
    await expect(logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 8 }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    const described = async () =>
      (await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName }))).logGroups!.find(
        (group) => group.logGroupName === logGroupName,
      );
    const group = await described();
    expect(group).toMatchObject({
      retentionInDays: 7,
      arn: `arn:aws:logs:us-east-1:000000000000:log-group:${logGroupName}:*`,
    });
    await logs.send(new DeleteRetentionPolicyCommand({ logGroupName }));
    expect((await described())!.retentionInDays).toBeUndefined();
    const resourceArn = group!.logGroupArn;
    await logs.send(new TagResourceCommand({ resourceArn, tags: { a: 'b' } }));
    expect((await logs.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual({ a: 'b' });
    await logs.send(new DeleteLogGroupCommand({ logGroupName }));
    expect(await described()).toBeUndefined();
  });

  it('answer 501 to queries', async () => {
    const query = new StartQueryCommand({
      logGroupName: 'x',
      startTime: 0,
      endTime: 1,
      queryString: 'fields @message',
    });
    await expect(logs.send(query)).rejects.toMatchObject({ $metadata: { httpStatusCode: 501 } });
  });
});

describe('log events', () => {
  it('are read in order, in pages and within a span of time', async () => {
    const names = await stream();
    const start = Date.now() - 60_000;
    await write(names, ['a', 'b', 'c', 'd'], start);
    const first = await logs.send(new GetLogEventsCommand({ ...names, startFromHead: true, limit: 3 }));
    expect(first.events!.map(({ message }) => message)).toEqual(['a', 'b', 'c']);
    const rest = await logs.send(new GetLogEventsCommand({ ...names, nextToken: first.nextForwardToken }));
    expect(rest.events!.map(({ message }) => message)).toEqual(['d']);
    const part = await logs.send(new GetLogEventsCommand({ ...names, startTime: start + 1, endTime: start + 3 }));
    expect(part.events!.map(({ message }) => message)).toEqual(['b', 'c']);
    const { logStreams } = await logs.send(new DescribeLogStreamsCommand({ logGroupName: names.logGroupName }));
    expect(logStreams).toMatchObject([
      { logStreamName: 'main', firstEventTimestamp: start, lastEventTimestamp: start + 3 },
    ]);
  });

  it('that are too old or too new are refused one by one', async () => {
    const names = await stream();
    const now = Date.now();
    const logEvents = [
      { timestamp: now - 15 * 86_400_000, message: 'old' },
      { timestamp: now, message: 'good' },
      { timestamp: now + 3 * 3_600_000, message: 'new' },
    ];
    const { rejectedLogEventsInfo } = await logs.send(new PutLogEventsCommand({ ...names, logEvents }));
    expect(rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 1, tooNewLogEventStartIndex: 2 });
    const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName: names.logGroupName }));
    expect(events!.map(({ message }) => message)).toEqual(['good']);
    const disorder = new PutLogEventsCommand({ ...names, logEvents: [...logEvents].reverse() });
    await expect(logs.send(disorder)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  const lines = [
    '{"level":"error","status":500,"user":{"id":"u1"},"tags":["a"],"ok":false}',
    '{"level":"info","status":200,"user":{"id":"u2"},"ok":true,"none":null}',
    'plain ERROR text with details',
    'plain text',
  ];
  // Which lines (by number) match, by reading them.
  it.each<[string, number[]]>([
    ['', [0, 1, 2, 3]],
    ['plain', [2, 3]],
    ['plain text', [2, 3]],
    ['"plain text"', [3]],
    ['plain -ERROR', [3]],
    ['?ERROR ?info', [1, 2]],
    ['%ERR.R%', [2]],
    ['{ $.level = "error" }', [0]],
    ['{ $.level = error }', [0]],
    ['{ $.level != "error" }', [1]],
    ['{ $.level = "*o*" }', [0, 1]],
    ['{ $.status >= 500 }', [0]],
    ['{ $.status = 200 }', [1]],
    ['{ $.status < 1e3 && $.level = "info" }', [1]],
    ['{ ($.status = 500 || $.status = 200) && $.user.id = "u*" }', [0, 1]],
    ['{ $.ok IS TRUE }', [1]],
    ['{ $.ok IS FALSE || $.none IS NULL }', [0, 1]],
    ['{ $.tags[0] = "a" }', [0]],
    ['{ $.tags NOT EXISTS }', [1]],
  ])('are found by %s', async (filterPattern, expected) => {
    const names = await stream();
    await write(names, lines);
    const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName: names.logGroupName, filterPattern }));
    expect(events!.map(({ message }) => lines.indexOf(message!))).toEqual(expected);
  });

  it.each(['{ $.a }', '{ $.a = ', '{ a = 1 }', '{ ($.a = 1 }', '{ $.a > "x" }', '%(%'])(
    'are not searched by %s',
    async (filterPattern) => {
      const { logGroupName } = await stream();
      await expect(logs.send(new FilterLogEventsCommand({ logGroupName, filterPattern }))).rejects.toMatchObject({
        name: 'InvalidParameterException',
      });
    },
  );
});
