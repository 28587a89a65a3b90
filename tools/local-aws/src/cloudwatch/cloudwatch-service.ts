import type { DatabaseSync } from 'node:sqlite';
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

/** CloudWatch: alarms and dashboards outlive the process, metrics are in memory. */
export function cloudwatchService(
  database: DatabaseSync,
  queues: Queues,
  topics: Topics,
): { service: Service; stop(): void } {
  const store = new MetricStore();
  const alarms = new Alarms(database, store, topics);
  const refresh = (): void => sampleQueues(queues, store);
  alarms.start(evaluationMs, refresh);
  const service = new JsonService({
    name: 'cloudwatch',
    version: '1.0',
    mostBytes,
    queryCompatible: true,
    operations: { ...metricOperations(store, refresh), ...alarmOperations(alarms), ...dashboardOperations(database) },
    shapesOf: (operation, body) => {
      const resource = textOf(body.Namespace) ?? textOf(body.AlarmName) ?? textOf(body.DashboardName);
      return [{ operation, ...(resource && { resource }) }];
    },
  });
  return { service, stop: () => alarms.stop() };
}
