import { z } from 'zod';
import { AwsError } from '../aws-error';
import type { Service } from '../http/exchange';
import { JsonService, operation, textOf, type Operations } from '../http/json-service';
import { compileFilterPattern } from './filter-pattern';
import { groupArn, type LogEvent, type LogGroup, type LogGroups, type LogStream } from './log-groups';

const mostBytes = 4 * 1024 * 1024;
const mostBatchEvents = 10_000;
const mostBatchBytes = 1_048_576;
const fourteenDaysMs = 14 * 86_400_000;
const twoHoursMs = 7_200_000;
const retentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const Group = z.object({ logGroupName: z.string() });
const Identified = z.object({ logGroupName: z.string().nullish(), logGroupIdentifier: z.string().nullish() });
const Page = { limit: z.number().int().min(1).nullish(), nextToken: z.string().nullish() };
const Tags = z.record(z.string(), z.string());

/** CloudWatch Logs. */
export function logsService(groups: LogGroups): Service {
  return new JsonService({
    name: 'logs',
    version: '1.1',
    mostBytes,
    operations: { ...groupOperations(groups), ...streamOperations(groups), ...eventOperations(groups) },
    shapesOf: (name, body) => {
      const resource = textOf(body.logGroupName) ?? textOf(body.logGroupIdentifier) ?? textOf(body.logGroupNamePrefix);
      return [{ operation: name, ...(resource && { resource }) }];
    },
  });
}

function page<T>(
  all: readonly T[],
  limit: number,
  token: string | null | undefined,
): { shown: readonly T[]; nextToken?: string } {
  const start = Number(token ?? 0);
  if (!Number.isInteger(start) || start < 0)
    throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.');
  const end = start + limit;
  return { shown: all.slice(start, end), ...(end < all.length && { nextToken: String(end) }) };
}

const named = (groups: LogGroups, input: z.infer<typeof Identified>): LogGroup =>
  groups.get(input.logGroupIdentifier ?? input.logGroupName ?? '');

function groupOperations(groups: LogGroups): Operations {
  const Resource = z.object({ resourceArn: z.string() });
  return {
    CreateLogGroup: operation(Group.extend({ tags: Tags.nullish(), kmsKeyId: z.string().nullish() }), (input) =>
      groups.create(input.logGroupName, input.tags ?? {}, input.kmsKeyId ?? undefined),
    ),
    DeleteLogGroup: operation(Group, (input) => groups.delete(input.logGroupName)),
    DescribeLogGroups: operation(
      z.object({ logGroupNamePrefix: z.string().nullish(), logGroupNamePattern: z.string().nullish(), ...Page }),
      (input) => {
        const { logGroupNamePrefix: prefix = '', logGroupNamePattern: part = '' } = input;
        const found = groups.list().filter(({ name }) => name.startsWith(prefix ?? '') && name.includes(part ?? ''));
        const { shown, ...more } = page(found, Math.min(input.limit ?? 50, 50), input.nextToken);
        return { logGroups: shown.map(describeGroup), ...more };
      },
    ),
    PutRetentionPolicy: operation(Group.extend({ retentionInDays: z.number() }), (input) => {
      const group = groups.get(input.logGroupName);
      if (!retentions.includes(input.retentionInDays)) {
        throw new AwsError('InvalidParameterException', `retentionInDays must be one of ${retentions.join(', ')}`);
      }
      groups.change(group, { retentionDays: input.retentionInDays });
    }),
    DeleteRetentionPolicy: operation(Group, (input) =>
      groups.change(groups.get(input.logGroupName), { retentionDays: undefined }),
    ),
    TagResource: operation(Resource.extend({ tags: Tags }), (input) => {
      const group = groups.get(input.resourceArn);
      groups.change(group, { tags: { ...group.tags, ...input.tags } });
    }),
    UntagResource: operation(Resource.extend({ tagKeys: z.array(z.string()) }), (input) => {
      const group = groups.get(input.resourceArn);
      const left = Object.entries(group.tags).filter(([key]) => !input.tagKeys.includes(key));
      groups.change(group, { tags: Object.fromEntries(left) });
    }),
    ListTagsForResource: operation(Resource, (input) => ({ tags: groups.get(input.resourceArn).tags })),
    ListTagsLogGroup: operation(Group, (input) => ({ tags: groups.get(input.logGroupName).tags })),
  };
}

const describeGroup = (group: LogGroup) => ({
  logGroupName: group.name,
  creationTime: group.createdAt,
  retentionInDays: group.retentionDays,
  metricFilterCount: 0,
  arn: `${groupArn(group)}:*`,
  logGroupArn: groupArn(group),
  storedBytes: [...group.streams.values()].reduce((sum, { bytes }) => sum + bytes, 0),
  kmsKeyId: group.kmsKeyId,
  logGroupClass: 'STANDARD',
});

function streamOperations(groups: LogGroups): Operations {
  const Stream = Group.extend({ logStreamName: z.string() });
  return {
    CreateLogStream: operation(Stream, (input) =>
      groups.createStream(groups.get(input.logGroupName), input.logStreamName),
    ),
    DeleteLogStream: operation(Stream, (input) =>
      groups.deleteStream(groups.get(input.logGroupName), input.logStreamName),
    ),
    DescribeLogStreams: operation(
      Identified.extend({
        logStreamNamePrefix: z.string().nullish(),
        orderBy: z.enum(['LogStreamName', 'LastEventTime']).nullish(),
        descending: z.boolean().nullish(),
        ...Page,
      }),
      (input) => {
        const group = named(groups, input);
        const streams = [...group.streams.values()].filter(({ name }) =>
          name.startsWith(input.logStreamNamePrefix ?? ''),
        );
        const lastEvent = ({ events }: LogStream): number => events.at(-1)?.timestamp ?? 0;
        streams.sort((a, b) =>
          input.orderBy === 'LastEventTime' ? lastEvent(a) - lastEvent(b) : a.name < b.name ? -1 : 1,
        );
        if (input.descending) streams.reverse();
        const { shown, ...more } = page(streams, Math.min(input.limit ?? 50, 50), input.nextToken);
        return { logStreams: shown.map((stream) => describeStream(group, stream)), ...more };
      },
    ),
  };
}

const describeStream = (group: LogGroup, { name, createdAt, events, bytes }: LogStream) => ({
  logStreamName: name,
  creationTime: createdAt,
  firstEventTimestamp: events[0]?.timestamp,
  lastEventTimestamp: events.at(-1)?.timestamp,
  lastIngestionTime: events.at(-1)?.ingestionTime,
  uploadSequenceToken: String(events.length),
  arn: `${groupArn(group)}:log-stream:${name}`,
  storedBytes: bytes,
});

function eventOperations(groups: LogGroups): Operations {
  const Times = { startTime: z.number().nullish(), endTime: z.number().nullish() };
  const within = ({
    startTime,
    endTime,
  }: {
    startTime?: number | null | undefined;
    endTime?: number | null | undefined;
  }) => {
    const [from, to] = [startTime ?? 0, endTime ?? Infinity];
    return ({ timestamp }: LogEvent): boolean => timestamp >= from && timestamp < to;
  };
  return {
    PutLogEvents: operation(
      Group.extend({
        logStreamName: z.string(),
        logEvents: z
          .array(z.object({ timestamp: z.number().int(), message: z.string() }))
          .min(1)
          .max(mostBatchEvents),
      }),
      ({ logGroupName, logStreamName, logEvents }) => {
        const group = groups.get(logGroupName);
        const stream = groups.stream(group, logStreamName);
        const bytes = logEvents.reduce((sum, { message }) => sum + Buffer.byteLength(message) + 26, 0);
        if (bytes > mostBatchBytes)
          throw new AwsError('InvalidParameterException', 'Upload too large: maximum is 1048576 bytes');
        if (logEvents.some(({ timestamp }, at) => at > 0 && timestamp < logEvents[at - 1]!.timestamp)) {
          throw new AwsError(
            'InvalidParameterException',
            'Log events in a single PutLogEvents request must be in chronological order.',
          );
        }
        const now = Date.now();
        const oldest = now - Math.min(fourteenDaysMs, (group.retentionDays ?? 14) * 86_400_000);
        const tooOld = logEvents.filter(({ timestamp }) => timestamp < oldest).length;
        const tooNew = logEvents.findIndex(({ timestamp }) => timestamp > now + twoHoursMs);
        groups.append(group, stream, logEvents.slice(tooOld, tooNew < 0 ? undefined : tooNew));
        return {
          nextSequenceToken: String(stream.events.length),
          ...((tooOld > 0 || tooNew >= 0) && {
            rejectedLogEventsInfo: {
              ...(tooOld > 0 && { tooOldLogEventEndIndex: tooOld }),
              ...(tooNew >= 0 && { tooNewLogEventStartIndex: tooNew }),
            },
          }),
        };
      },
      'InvalidParameterException',
    ),
    GetLogEvents: operation(
      Identified.extend({ logStreamName: z.string(), startFromHead: z.boolean().nullish(), ...Times, ...Page }),
      (input) => {
        const stream = groups.stream(named(groups, input), input.logStreamName);
        const events = stream.events.filter(within(input));
        const limit = Math.min(input.limit ?? mostBatchEvents, mostBatchEvents);
        const [direction, position] = [input.nextToken?.[0], Number(input.nextToken?.slice(2))];
        if (input.nextToken && !(/^[fb]\//.test(input.nextToken) && Number.isInteger(position))) {
          throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.');
        }
        const forward = direction ? direction === 'f' : input.startFromHead === true;
        const start = forward
          ? direction
            ? position
            : 0
          : Math.max(0, (direction ? position : events.length) - limit);
        const end = forward ? Math.min(start + limit, events.length) : direction ? position : events.length;
        return {
          events: events
            .slice(start, end)
            .map(({ timestamp, message, ingestionTime }) => ({ timestamp, message, ingestionTime })),
          nextForwardToken: `f/${end}`,
          nextBackwardToken: `b/${start}`,
        };
      },
    ),
    FilterLogEvents: operation(
      Identified.extend({
        logStreamNames: z.array(z.string()).nullish(),
        logStreamNamePrefix: z.string().nullish(),
        filterPattern: z.string().max(1024).nullish(),
        ...Times,
        ...Page,
      }),
      (input) => {
        const group = named(groups, input);
        const matches = compileFilterPattern(input.filterPattern ?? '');
        const inTime = within(input);
        const streams = [...group.streams.keys()].filter(
          (name) => (input.logStreamNames?.includes(name) ?? true) && name.startsWith(input.logStreamNamePrefix ?? ''),
        );
        const events = streams.flatMap((name) =>
          groups
            .stream(group, name)
            .events.filter((event) => inTime(event) && matches(event.message))
            .map(({ id, ...event }) => ({ logStreamName: name, ...event, eventId: id })),
        );
        events.sort((a, b) => a.timestamp - b.timestamp);
        const { shown, ...more } = page(
          events,
          Math.min(input.limit ?? mostBatchEvents, mostBatchEvents),
          input.nextToken,
        );
        return { events: shown, searchedLogStreams: [], ...more };
      },
    ),
  };
}
