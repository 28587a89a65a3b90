/** Where a backend is not AWS: the tests that fail on it, and why. Anything else that fails is a fault of ours. */
export interface Difference {
  readonly backend: string;
  readonly suite: string;
  /** Begins the name of each test that it explains. */
  readonly tests: readonly string[];
  readonly why: string;
  /** A race: now and then the test passes. */
  readonly sometimes?: true;
}

export const differences: readonly Difference[] = [
  {
    backend: 'localstack',
    suite: 'cloudwatch/cloud-watch',
    tests: ['CloudWatch writes value/count arrays', 'CloudWatch evaluates metric math'],
    why: 'GetMetricData knows no percentiles and answers an expression with InternalError: "\'MetricStat\'"',
  },
  {
    backend: 'localstack',
    suite: 'cloudwatch/cloud-watch',
    tests: ['CloudWatch sends at most a thousand metrics'],
    why: 'each value becomes a row of SQLite: 105 000 of them take longer than the test may',
    sometimes: true,
  },
  {
    backend: 'localstack',
    suite: 'metrics-collector/collector',
    tests: ['a batch gives percentiles', 'a batch that comes twice counts once'],
    why: 'no percentiles; and a long poll whose client is gone still takes the next message',
  },
  {
    backend: 'localstack',
    suite: 'sqs/queue.module',
    tests: ['QueueModule leaves nothing parked when it has stopped'],
    why: 'a long poll whose client is gone still takes the next message',
    sometimes: true,
  },
  {
    backend: 'ministack',
    suite: 'cloudwatch/cloud-watch',
    tests: ['CloudWatch evaluates metric math'],
    why: 'GetMetricData answers an expression with InternalError: "Expressions not implemented"',
  },
  {
    backend: 'ministack',
    suite: 'provision/provision',
    tests: [
      'provision changes nothing when everything is as declared',
      'provision names a setting that somebody changed',
      'provision makes again what was deleted',
      'provision names a table whose key is another one',
    ],
    why: 'PutMetricAlarm drops the metrics of an alarm over metric math, so such alarms always differ from what is declared',
  },
  {
    backend: 'ministack',
    suite: 'metrics-collector/collector',
    tests: ['a batch that comes twice counts once'],
    why: 'a long poll whose client is gone still takes the next message, which is then invisible for its whole timeout',
    sometimes: true,
  },
  {
    backend: 'ministack',
    suite: 'sqs/queue.module',
    tests: ['QueueModule leaves nothing parked when it has stopped'],
    why: 'a long poll whose client is gone still takes the next message',
    sometimes: true,
  },
  {
    backend: 'moto',
    suite: 'cloudwatch/cloud-watch',
    tests: ['CloudWatch writes value/count arrays', 'CloudWatch evaluates metric math'],
    why: 'GetMetricData knows no percentiles (it answers a page of HTML) and no IF or FILL in an expression',
  },
  {
    backend: 'moto',
    suite: 'metrics-collector/collector',
    tests: ['a batch gives percentiles', 'a batch that comes twice counts once'],
    why: 'no percentiles; and a long poll whose client is gone still takes the next message',
  },
  {
    backend: 'moto',
    suite: 'sqs/queue.module',
    tests: ['QueueModule leaves nothing parked when it has stopped'],
    why: 'a long poll whose client is gone still takes the next message',
  },
  {
    backend: 'moto',
    suite: 'chat/stream-hub',
    tests: ['a reply '],
    why: 'an item whose TTL has passed is gone at once; in AWS it can be read for days',
    sometimes: true,
  },
  {
    backend: 'moto',
    suite: 'market-data/price-series-store',
    tests: ['private series put 20 times at once'],
    why: 'a conditional write checks and writes in two steps: of two at once both can succeed',
    sometimes: true,
  },
  {
    backend: 'moto',
    suite: 'subscriptions/subscriptions',
    tests: ['DeliveryTable makes one row of many copies'],
    why: 'a conditional write checks and writes in two steps: of two at once both can succeed',
    sometimes: true,
  },
];

export const differenceOf = (backend: string, suite: string, name: string): Difference | undefined =>
  differences.find(
    (each) => each.backend === backend && each.suite === suite && each.tests.some((begin) => name.startsWith(begin)),
  );
