import { may } from '@stocktool/topology';
import { environments } from '../environments';
import { templatesOf } from '../templates.fixture';
import { check } from './check';
import { type RecordedRequest, requestOf } from './recorded-calls';
import { taskPolicies } from './roles';

const call = (principal: RecordedRequest['principal'], service: string, operation: string, resource: string) => ({
  principal,
  ...requestOf({ client: '', service, operation, resource }),
});

describe.each(environments)('the roles of $name', (environment) => {
  const { app, data } = templatesOf(environment.name);
  const policies = taskPolicies(app, [data]);

  it('name every service of the topology, and allow something to each', () => {
    expect(Object.keys(policies).sort()).toEqual(Object.keys(may).sort());
    for (const statements of Object.values(policies)) expect(statements.length).toBeGreaterThan(0);
  });

  it('a call that the role does not allow is named', () => {
    const { denied } = check(policies, [
      call('notifier', 's3', 'GetObject', 'stocktool-reports/results'),
      call('chat', 'secretsmanager', 'GetSecretValue', 'stocktool/api-keys'),
      call('chat', 'secretsmanager', 'GetSecretValue', 'stocktool/user-context'),
      call('apiGateway', 's3', 'DeleteObjects', 'stocktool-reports/reports'),
      call('apiGateway', 's3', 'DeleteObjects', 'stocktool-reports/series'),
      call('analysisWorker', 'sns', 'PublishBatch', 'stocktool-notifications-0a1b2c3d'),
      call('metricsCollector', 'cloudwatch', 'PutMetricData', 'StockTool'),
      call('metricsCollector', 'cloudwatch', 'PutMetricData', 'Other'),
    ]);
    expect(denied).toEqual([
      'notifier needs s3:GetObject on arn:aws:s3:::stocktool-reports-000000000000/results/key',
      'chat needs secretsmanager:GetSecretValue on arn:aws:secretsmanager:us-east-1:000000000000:secret:stocktool/api-keys-suffix',
      'apiGateway needs s3:DeleteObject on arn:aws:s3:::stocktool-reports-000000000000/reports/key',
      'metricsCollector needs cloudwatch:PutMetricData on *',
    ]);
  });

  it('what a role allows and nobody uses is named, action by action', () => {
    const [used, ...others] = may.stockUpdater.flatMap(({ actions }) => actions);
    expect(used).toBe('GetItem');
    const { unused } = check(policies, [call('stockUpdater', 'dynamodb', 'GetItem', 'stocktool-stock-cache')]);
    const ofUpdater = unused.filter((line) => line.startsWith('stockUpdater'));
    expect(ofUpdater).toEqual(others.map((action) => expect.stringMatching(`:${action} on (arn:aws:|\\*)`)));
  });

  it('an exception that excuses nothing is named', () => {
    expect(check(policies, []).idleExceptions).toContain('apiGateway cloudwatch:PutMetricData');
  });
});

describe('requestOf', () => {
  it.each([
    ['sqs', 'SendMessageBatch', 'stocktool-metrics-queue', 'sqs:SendMessage', ':stocktool-metrics-queue'],
    ['sqs', 'SendMessage', 'stocktool-metrics-queue-0a1b2c3d-dlq', 'sqs:SendMessage', ':stocktool-metrics-queue-dlq'],
    ['s3', 'HeadObject', 'stocktool-reports/reports', 's3:GetObject', 'stocktool-reports-000000000000/reports/key'],
    ['s3', 'HeadBucket', 'stocktool-reports', 's3:ListBucket', ':::stocktool-reports-000000000000'],
    ['sns', 'ListTopics', '', 'sns:ListTopics', '*'],
  ])('%s %s on %s asks for %s', (service, operation, resource, action, end) => {
    const request = requestOf({ client: '', service, operation, resource });
    expect(request.action).toBe(action);
    expect(request.resource.endsWith(end)).toBe(true);
  });

  it.each([
    ['s3', 'SelectObjectContent', 'stocktool-reports/a'],
    ['s3', 'PutObject', 'stocktool-reports'],
    ['athena', 'StartQueryExecution', 'x'],
  ])('does not guess what %s %s needs', (service, operation, resource) => {
    expect(() => requestOf({ client: '', service, operation, resource })).toThrow();
  });
});
