import { metricNamespace } from './metrics';
import { queues } from './queues';
import { functions, services } from './services';
import { tables } from './tables';

interface MetricQuery {
  readonly id: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: string;
}

export interface AlarmSpec {
  readonly name: string;
  readonly description: string;
  readonly severity: 'critical' | 'warning';
  readonly periodSeconds: number;
  /** M of N: `datapointsToAlarm` of the last `evaluationPeriods`. */
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly comparison: 'GreaterThanThreshold' | 'LessThanThreshold';
  readonly threshold: number;
  readonly missingData: 'notBreaching' | 'breaching';
  readonly queries: readonly MetricQuery[];
  /** Metric math over the queries' ids; its value is compared with the threshold. */
  readonly expression: string;
}

const ours = (id: string, metric: string, statistic: string, dimensions: Record<string, string> = {}): MetricQuery => ({
  id,
  namespace: metricNamespace,
  metric,
  dimensions,
  statistic,
});

const critical = { severity: 'critical', comparison: 'GreaterThanThreshold', missingData: 'notBreaching' } as const;
const warning = { severity: 'warning', comparison: 'GreaterThanThreshold', missingData: 'notBreaching' } as const;

/** Below this many requests a percentile or a ratio says nothing. */
const leastRequests = 20;

const api: AlarmSpec[] = [
  {
    ...critical,
    name: 'stocktool-api-latency',
    description: 'Slowest 1 % of requests take more than 2 s.',
    periodSeconds: 60,
    evaluationPeriods: 5,
    datapointsToAlarm: 3,
    threshold: 2000,
    queries: [ours('latency', 'APILatency', 'p99'), ours('requests', 'Requests', 'Sum')],
    expression: `IF(requests >= ${leastRequests}, latency, 0)`,
  },
  {
    ...critical,
    name: 'stocktool-api-errors',
    description: 'More than 5 % of requests fail.',
    periodSeconds: 60,
    evaluationPeriods: 5,
    datapointsToAlarm: 3,
    threshold: 5,
    queries: [ours('errors', 'Errors', 'Sum'), ours('requests', 'Requests', 'Sum')],
    expression: `IF(requests >= ${leastRequests}, 100 * FILL(errors, 0) / requests, 0)`,
  },
];

const queueDepth = Object.values(queues).map(({ name }): AlarmSpec => ({
  ...critical,
  name: `${name}-depth`,
  description: `More than 1000 messages wait in ${name}.`,
  periodSeconds: 60,
  evaluationPeriods: 10,
  datapointsToAlarm: 8,
  threshold: 1000,
  queries: [ours('depth', 'QueueDepth', 'Maximum', { Queue: name })],
  expression: 'depth',
}));

const lastResorts = [
  ...Object.values(queues).map(({ deadLetterName }) => deadLetterName),
  ...Object.values(functions).map(({ failureQueueName }) => failureQueueName),
];

const deadLetters = lastResorts.map((deadLetterName): AlarmSpec => ({
  ...critical,
  name: `${deadLetterName}-messages`,
  description: `Messages that could not be handled wait in ${deadLetterName}.`,
  periodSeconds: 60,
  evaluationPeriods: 1,
  datapointsToAlarm: 1,
  threshold: 0,
  queries: [
    {
      id: 'visible',
      namespace: 'AWS/SQS',
      metric: 'ApproximateNumberOfMessagesVisible',
      dimensions: { QueueName: deadLetterName },
      statistic: 'Maximum',
    },
  ],
  expression: 'visible',
}));

const throttles = Object.values(tables).map(({ name }): AlarmSpec => ({
  ...critical,
  name: `${name}-throttles`,
  description: `DynamoDB turned requests to ${name} away.`,
  periodSeconds: 60,
  evaluationPeriods: 1,
  datapointsToAlarm: 1,
  threshold: 0,
  queries: (['ReadThrottleEvents', 'WriteThrottleEvents'] as const).map((metric, index) => ({
    id: index === 0 ? 'reads' : 'writes',
    namespace: 'AWS/DynamoDB',
    metric,
    dimensions: { TableName: name },
    statistic: 'Sum',
  })),
  expression: 'FILL(reads, 0) + FILL(writes, 0)',
}));

const heartbeats = Object.values(services).map(({ name }): AlarmSpec => ({
  ...critical,
  name: `stocktool-${name}-heartbeat`,
  description: `${name} has not been heard of.`,
  periodSeconds: 60,
  evaluationPeriods: 3,
  datapointsToAlarm: 3,
  comparison: 'LessThanThreshold',
  threshold: 1,
  missingData: 'breaching',
  queries: [ours('beats', 'Heartbeat', 'Sum', { Service: name })],
  expression: 'beats',
}));

const reads = '(FILL(memoryHits, 0) + FILL(memoryMisses, 0))';

const cache: AlarmSpec = {
  ...warning,
  name: 'stocktool-cache-hit-rate',
  description: 'Fewer than 80 % of quote reads come from the cache.',
  periodSeconds: 300,
  evaluationPeriods: 6,
  datapointsToAlarm: 6,
  comparison: 'LessThanThreshold',
  threshold: 80,
  // A read that memory misses goes to DynamoDB; what misses there too goes to the source.
  queries: [
    ours('memoryHits', 'CacheHits', 'Sum', { Cache: 'memory' }),
    ours('memoryMisses', 'CacheMisses', 'Sum', { Cache: 'memory' }),
    ours('tableHits', 'CacheHits', 'Sum', { Cache: 'dynamodb' }),
  ],
  expression: `IF(${reads} >= 100, 100 * (FILL(memoryHits, 0) + FILL(tableHits, 0)) / (${reads}), 100)`,
};

const lambda: AlarmSpec = {
  ...warning,
  name: 'stocktool-stock-updater-errors',
  description: 'More than 1 % of the stock updater runs fail.',
  periodSeconds: 300,
  evaluationPeriods: 3,
  datapointsToAlarm: 3,
  threshold: 1,
  queries: (['Errors', 'Invocations'] as const).map((metric) => ({
    id: metric.toLowerCase(),
    namespace: 'AWS/Lambda',
    metric,
    dimensions: { FunctionName: 'stock-updater' },
    statistic: 'Sum',
  })),
  expression: 'IF(invocations >= 1, 100 * FILL(errors, 0) / invocations, 0)',
};

const gigabyte = 1024 ** 3;
const bucketSize = ['stocktool-knowledge', 'stocktool-reports'].map((bucket): AlarmSpec => ({
  ...warning,
  name: `${bucket}-size`,
  description: `${bucket} holds more than 100 GB.`,
  periodSeconds: 86_400,
  evaluationPeriods: 1,
  datapointsToAlarm: 1,
  threshold: 100 * gigabyte,
  queries: (['StandardStorage', 'GlacierInstantRetrievalStorage'] as const).map((storage, index) => ({
    id: index === 0 ? 'standard' : 'glacier',
    namespace: 'AWS/S3',
    metric: 'BucketSizeBytes',
    dimensions: { BucketName: bucket, StorageType: storage },
    statistic: 'Average',
  })),
  expression: 'FILL(standard, 0) + FILL(glacier, 0)',
}));

/** DESIGN: the alarms that page (critical) and those that wait for the morning (warning). */
export const alarms: readonly AlarmSpec[] = [
  ...api,
  ...queueDepth,
  ...deadLetters,
  ...throttles,
  ...heartbeats,
  cache,
  lambda,
  ...bucketSize,
];
