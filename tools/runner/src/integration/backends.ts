import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../failure';
import { root } from '../settings';
import { pythonTool } from './python-tool';

/** A backend that answers AWS calls at a URL until it is stopped. `embedded` has none: each suite starts its own. */
export interface Backend {
  readonly url: string | undefined;
  readonly stop: () => Promise<void>;
}

const startTimeoutMs = 60_000;
const pullTimeoutMs = 600_000;
const localStackImage = 'localstack/localstack:4.14.0';
/** Unless told otherwise it takes presigned links without looking at what is signed. */
const localStackEnvironment = 'S3_SKIP_SIGNATURE_VALIDATION=0';

const starts: Readonly<Record<string, () => Promise<Backend>>> = {
  embedded: () => Promise.resolve({ url: undefined, stop: () => Promise.resolve() }),
  localstack: startLocalStack,
  async ministack() {
    const port = await freePort();
    const file = pythonTool('ministack', 'ministack==1.5.33');
    const services = 's3,dynamodb,sqs,sns,cloudwatch,monitoring,logs,secretsmanager,sts';
    const environment = {
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      SERVICES: services,
      LOG_LEVEL: 'WARNING',
    };
    return started(spawnQuietly(file, [], environment), `http://127.0.0.1:${port}`);
  },
  async moto() {
    const port = await freePort();
    const file = pythonTool('moto_server', 'moto[server]==5.2.5');
    return started(spawnQuietly(file, ['-H', '127.0.0.1', '-p', String(port)]), `http://127.0.0.1:${port}`);
  },
};

const backendNames = Object.keys(starts);

/** Installs what can be had and starts it; a Failure says in one line why a backend cannot be had here. */
export async function startBackend(name: string): Promise<Backend> {
  const url = /^(?:\w+=)?(https?:\/\/.+)$/.exec(name)?.[1];
  if (url) return { url, stop: () => Promise.resolve() };
  const start = starts[name];
  if (!start) throw new Failure(`There is no backend ${name}: use ${backendNames.join(', ')} or name=URL.`);
  return start();
}

async function startLocalStack(): Promise<Backend> {
  if (spawnSync('docker', ['info'], { stdio: 'ignore' }).status !== 0)
    throw new Failure('localstack needs a Docker engine, and none runs here.');
  const pulled = spawnSync('docker', ['pull', '--quiet', localStackImage], { stdio: 'ignore', timeout: pullTimeoutMs });
  if (pulled.status !== 0) throw new Failure(`localstack: the image ${localStackImage} cannot be pulled here.`);
  const port = await freePort();
  const publish = `127.0.0.1:${port}:4566`;
  const options = ['--rm', '--init', '--publish', publish, '--env', localStackEnvironment];
  const child = spawnQuietly('docker', ['run', ...options, localStackImage]);
  return started(child, `http://127.0.0.1:${port}`);
}

function spawnQuietly(file: string, arguments_: readonly string[], environment: Record<string, string> = {}) {
  return spawn(file, arguments_, {
    cwd: path.join(root, '.local'),
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'ignore'],
  });
}

/** Waits until the URL answers anything at all. */
async function started(child: ChildProcess, url: string): Promise<Backend> {
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    child.kill('SIGTERM');
    await Promise.race([ended, delay(5000, undefined, { ref: false })]);
    child.kill('SIGKILL');
  };
  const deadline = Date.now() + startTimeoutMs;
  while (Date.now() < deadline && child.exitCode === null) {
    const answered = await fetch(url, { signal: AbortSignal.timeout(2000) }).then(
      () => true,
      () => false,
    );
    if (answered) return { url, stop };
    await delay(200);
  }
  await stop();
  throw new Failure(`The backend did not answer at ${url}.`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
