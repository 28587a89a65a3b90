import { topology } from '@stocktool/topology';
import { adminEmails } from './demo-account';
import { awsEnvironment, bundle, embedded, portOf, ports, publicUrl, root } from './settings';
import path from 'node:path';

export interface ServiceStart {
  /** Name in lines, logs and the process list. */
  readonly name: string;
  readonly script: string;
  readonly port: number;
  readonly environment: Record<string, string>;
}

const dataDirectory = path.join(root, 'data');

/** How many of each service run. */
export interface Instances {
  readonly workers: number;
  readonly others: number;
}

const start = (
  name: string,
  firstPort: number,
  index: number,
  environment: Record<string, string> = {},
): ServiceStart => ({
  name: index === 0 ? name : `${name}-${index + 1}`,
  script: bundle(`apps/${name}`),
  port: portOf(firstPort, index),
  environment: {
    ...awsEnvironment,
    AWS_SDK_UA_APP_ID: name,
    NODE_ENV: 'production',
    PORT: String(portOf(firstPort, index)),
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

export const chatRpcPorts = (instances: number): number[] =>
  Array.from({ length: instances }, (_, index) => portOf(ports.chatRpc, index));

/** One address, or all of them for a client that uses them in turn. */
const chatRpcUrl = (instances: number): string => {
  const addresses = chatRpcPorts(instances).map((port) => `127.0.0.1:${port}`);
  return addresses.length === 1 ? addresses.join() : `ipv4:${addresses.join()}`;
};

const chat = (index: number) =>
  start(services.chat.name, ports.chat, index, { GRPC_URL: `127.0.0.1:${portOf(ports.chatRpc, index)}` });

/** The embedded endpoint answers in a millisecond, on the same cores: two messages a thread keep it busy, and more only wait. */
const worker = (index: number) =>
  start(services.analysisWorker.name, ports.worker, index, {
    WORKER_MESSAGES_PER_THREAD: process.env['WORKER_MESSAGES_PER_THREAD'] ?? '2',
  });

/** Where the gateway finds the others for the information in its own readiness, wherever the ports have been moved. */
const healthUrls = [
  [services.chat.name, ports.chat],
  [services.analysisWorker.name, ports.worker],
  [services.notifier.name, ports.notifier],
  [services.metricsCollector.name, ports.metricsCollector],
]
  .map(([name, port]) => `${name}=http://127.0.0.1:${port}/health/live`)
  .join(',');

const gateway = (index: number, chats: number) =>
  start(services.apiGateway.name, ports.gateway, index, {
    CHAT_GRPC_URL: chatRpcUrl(chats),
    ADMIN_EMAILS: adminEmails,
    WEBHOOK_ALLOW_PRIVATE_NETWORKS: process.env['WEBHOOK_ALLOW_PRIVATE_NETWORKS'] ?? String(embedded),
    SERVICE_HEALTH_URLS: healthUrls,
    DEV_INBOX_URL: `http://localhost:${ports.inbox}/`,
  });

const notifier = (index: number) =>
  start(services.notifier.name, ports.notifier, index, {
    WEBHOOK_ALLOW_PRIVATE_NETWORKS: process.env['WEBHOOK_ALLOW_PRIVATE_NETWORKS'] ?? String(embedded),
    ...mail,
  });

const collector = (index: number) => start(services.metricsCollector.name, ports.metricsCollector, index);

/** In the order of their need for each other; all start at once. */
export function allServices({ workers, others }: Instances): ServiceStart[] {
  const several = (count: number, one: (index: number) => ServiceStart) =>
    Array.from({ length: count }, (_, index) => one(index));
  return [
    ...several(others, (index) => gateway(index, others)),
    ...several(others, chat),
    ...several(workers, worker),
    ...several(others, notifier),
    ...several(others, collector),
  ];
}
