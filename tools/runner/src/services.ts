import { topology } from '@stocktool/topology';
import { adminEmails } from './demo-account';
import { awsEnvironment, bundle, embedded, ports, publicUrl, root } from './settings';
import path from 'node:path';

export interface ServiceStart {
  /** Name in lines, logs and the process list. */
  readonly name: string;
  readonly script: string;
  readonly port: number;
  readonly environment: Record<string, string>;
}

const dataDirectory = path.join(root, 'data');

const start = (
  name: string,
  port: number,
  environment: Record<string, string> = {},
  label: string = name,
): ServiceStart => ({
  name: label,
  script: bundle(`apps/${name}`),
  port,
  environment: {
    ...awsEnvironment,
    AWS_SDK_UA_APP_ID: name,
    NODE_ENV: 'production',
    PORT: String(port),
    DATA_DIR: dataDirectory,
    PUBLIC_URL: publicUrl,
    ...environment,
  },
});

/** Mail of the embedded system ends in its own inbox; elsewhere SMTP_URL decides. */
const mail: Record<string, string> =
  process.env['SMTP_URL'] === undefined
    ? { SMTP_URL: `smtp://127.0.0.1:${ports.smtp}`, MAIL_FROM: 'StockTool <noreply@stocktool.example>' }
    : {};

const { services } = topology;

const chat = () => start(services.chat.name, ports.chat, { GRPC_URL: `127.0.0.1:${ports.chatRpc}` });

/** The embedded endpoint answers in a millisecond, on the same cores: two messages a thread keep it busy, and more only wait. */
const worker = (index: number) =>
  start(
    services.analysisWorker.name,
    ports.worker(index),
    { WORKER_MESSAGES_PER_THREAD: process.env['WORKER_MESSAGES_PER_THREAD'] ?? '2' },
    index === 0 ? services.analysisWorker.name : `${services.analysisWorker.name}-${index + 1}`,
  );

/** Where the gateway finds the others for the information in its own readiness, wherever the ports have been moved. */
const healthUrls = [
  [services.chat.name, ports.chat],
  [services.analysisWorker.name, ports.worker(0)],
  [services.notifier.name, ports.notifier],
  [services.metricsCollector.name, ports.metricsCollector],
]
  .map(([name, port]) => `${name}=http://127.0.0.1:${port}/health/live`)
  .join(',');

/** In the order of their need for each other; all start at once. */
export function allServices(workers: number): ServiceStart[] {
  return [
    start(services.apiGateway.name, ports.gateway, {
      CHAT_GRPC_URL: `127.0.0.1:${ports.chatRpc}`,
      ADMIN_EMAILS: adminEmails,
      WEBHOOK_ALLOW_PRIVATE_NETWORKS: process.env['WEBHOOK_ALLOW_PRIVATE_NETWORKS'] ?? String(embedded),
      SERVICE_HEALTH_URLS: healthUrls,
      DEV_INBOX_URL: `http://localhost:${ports.inbox}/`,
    }),
    chat(),
    ...Array.from({ length: workers }, (_, index) => worker(index)),
    start(services.notifier.name, ports.notifier, {
      WEBHOOK_ALLOW_PRIVATE_NETWORKS: process.env['WEBHOOK_ALLOW_PRIVATE_NETWORKS'] ?? String(embedded),
      ...mail,
    }),
    start(services.metricsCollector.name, ports.metricsCollector),
  ];
}
