import path from 'node:path';
import { stopTimeoutSeconds, topology } from '@stocktool/topology';
import { Failure } from './failure';

export const root = path.resolve(import.meta.dirname, '../../..');

const offset = wholeNumber('PORT_OFFSET', 0, 0, 15_000);

const { services } = topology;

/** Everything listens on loopback. PORT_OFFSET moves all ports, so that two systems can run side by side. */
export const ports = {
  aws: 4566 + offset,
  smtp: 4525 + offset,
  inbox: 4580 + offset,
  gateway: wholeNumber('PORT', services.apiGateway.httpPort + offset, 1, 65_535),
  chat: services.chat.httpPort + offset,
  chatRpc: services.chat.grpcPort + offset,
  worker: services.analysisWorker.httpPort + offset,
  notifier: services.notifier.httpPort + offset,
  metricsCollector: services.metricsCollector.httpPort + offset,
};

/** How long a service gets to end: as long as it says it takes. By default, with the endpoint's own 2 s, within 10 s. */
export const serviceGraceMs =
  1000 * stopTimeoutSeconds(wholeNumber('DRAIN_GRACE_SECONDS', 0, 0, 60), wholeNumber('DRAIN_SECONDS', 4, 0, 110));

/** Further instances of a service take every tenth port: 3002, 3012, … */
export const portOf = (first: number, index: number): number => first + 10 * index;

const stateDirectory = path.resolve(root, process.env['STATE_DIR'] ?? '.local');

export const directories = {
  state: stateDirectory,
  aws: path.join(stateDirectory, 'aws'),
  logs: path.join(stateDirectory, 'logs'),
  previousLogs: path.join(stateDirectory, 'logs-previous'),
};

export const files = {
  demoAccount: path.join(stateDirectory, 'demo-account.json'),
  processes: path.join(stateDirectory, 'processes.json'),
};

/** Set from outside, another backend is used and the embedded endpoint stays off. */
export const awsEndpoint = process.env['AWS_ENDPOINT_URL'] ?? `http://127.0.0.1:${ports.aws}`;
export const embedded = process.env['AWS_ENDPOINT_URL'] === undefined;
export const region = process.env['AWS_REGION'] ?? topology.region;
export const publicUrl = process.env['PUBLIC_URL'] ?? `http://localhost:${ports.gateway}`;

export const awsEnvironment = {
  AWS_ENDPOINT_URL: awsEndpoint,
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: process.env['AWS_ACCESS_KEY_ID'] ?? 'test',
  AWS_SECRET_ACCESS_KEY: process.env['AWS_SECRET_ACCESS_KEY'] ?? 'test',
};

export const bundle = (project: string, file = 'main.js') => path.join(root, project, 'dist', file);

function wholeNumber(name: string, otherwise: number, least: number, most: number): number {
  const text = process.env[name];
  if (text === undefined || text === '') return otherwise;
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Failure(`${name} is a whole number from ${least} to ${most}.`);
}
