import type { Service } from '../http/exchange';
import { JsonService, textOf } from '../http/json-service';
import type { Topics } from '../sns/topics';
import type { Queues } from '../sqs/queues';
import { alarmOperations } from './alarm-operations';
import { Alarms } from './alarms';
import { dashboardOperations } from './dashboard-operations';
import { metricOperations } from './metric-operations';
import { MetricStore } from './metric-store';
import { sampleQueues } from './queue-metrics';

const mostBytes = 8 * 1024 * 1024;
const evaluationMs = 2000;

/** CloudWatch metrics, alarms and dashboards, in memory. */
export function cloudwatchService(queues: Queues, topics: Topics): { service: Service; stop(): void } {
  const store = new MetricStore();
  const alarms = new Alarms(store, topics);
  const refresh = (): void => sampleQueues(queues, store);
  alarms.start(evaluationMs, refresh);
  const service = new JsonService({
    name: 'cloudwatch',
    version: '1.0',
    mostBytes,
    queryCompatible: true,
    operations: { ...metricOperations(store, refresh), ...alarmOperations(alarms), ...dashboardOperations() },
    shapesOf: (operation, body) => {
      const resource = textOf(body.Namespace) ?? textOf(body.AlarmName) ?? textOf(body.DashboardName);
      return [{ operation, ...(resource && { resource }) }];
    },
  });
  return { service, stop: () => alarms.stop() };
}
