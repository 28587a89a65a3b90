import { metricNamespace } from './metrics';
import { queues } from './queues';
import { services } from './services';

export const dashboardName = 'stocktool-metrics';

type Row = (
  string | { stat?: string; label?: string; period?: number; id?: string; expression?: string; visible?: boolean }
)[];

const widget = (index: number, title: string, metrics: Row[], yAxisLabel: string) => ({
  type: 'metric',
  x: (index % 2) * 12,
  y: Math.floor(index / 2) * 6,
  width: 12,
  height: 6,
  properties: {
    title,
    region: 'us-east-1',
    view: 'timeSeries',
    stat: 'Sum',
    period: 60,
    metrics,
    yAxis: { left: { label: yAxisLabel, min: 0 } },
  },
});

const ns = metricNamespace;

const widgets = [
  widget(
    0,
    'API latency',
    (['p50', 'p95', 'p99'] as const).map((stat) => [ns, 'APILatency', { stat, label: stat }]),
    'ms',
  ),
  widget(
    1,
    'Requests and errors',
    [
      [ns, 'Requests'],
      [ns, 'Errors'],
    ],
    'per minute',
  ),
  widget(
    2,
    'Waiting messages',
    Object.values(queues).map(({ name }) => [ns, 'QueueDepth', 'Queue', name, { stat: 'Maximum' }]),
    'messages',
  ),
  widget(
    3,
    'Dead letters',
    Object.values(queues).map(({ deadLetterName }) => [ns, 'QueueDepth', 'Queue', deadLetterName, { stat: 'Maximum' }]),
    'messages',
  ),
  widget(
    4,
    'Market-data caches',
    [
      [ns, 'CacheHits', 'Cache', 'memory'],
      [ns, 'CacheHits', 'Cache', 'dynamodb'],
      [ns, 'CacheMisses', 'Cache', 'dynamodb'],
      [ns, 'CacheHits', 'Cache', 'vendor-answers'],
      [ns, 'CacheMisses', 'Cache', 'vendor-answers'],
    ],
    'reads per minute',
  ),
  widget(
    5,
    'Heartbeats',
    Object.values(services).map(({ name }) => [ns, 'Heartbeat', 'Service', name]),
    'per minute',
  ),
];

/** The body that `PutDashboard` takes. */
export const dashboardBody = (): string => JSON.stringify({ widgets });
