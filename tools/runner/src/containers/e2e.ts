import path from 'node:path';
import { parseArgs } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import { docker, noEngine, shown } from '@stocktool/images';
import { jest } from '../checks';
import { Failure } from '../failure';
import { root } from '../settings';
import { composeCommand } from './compose';
import { images } from './images';

const project = 'stocktool-e2e';
const offset = Number(process.env['E2E_PORT_OFFSET'] ?? 13_000);
const port = (usual: number) => String(usual + offset);

/** Beside the usual ports, so that a system in use on this machine is left alone. */
const environment: Readonly<Record<string, string>> = {
  COMPOSE_PROJECT_NAME: project,
  AWS_EMULATOR_IMAGE: process.env['AWS_EMULATOR_IMAGE'] ?? 'stocktool/local-aws:local',
  AWS_PORT: port(4566),
  INBOX_PORT: port(4580),
  GATEWAY_PORT: port(3000),
  CHAT_PORT: port(3001),
  WORKER_PORT: port(3002),
  NOTIFIER_PORT: port(3003),
  COLLECTOR_PORT: port(3004),
};

/**
 * `npm run e2e:containers`: builds the images, starts them by docker-compose.yml on an emulator of AWS (ours, unless
 * AWS_EMULATOR_IMAGE names another), runs the suite in `e2e/` against them and takes everything down. With `--built` the images
 * that are there are the ones to run.
 */
export async function e2eInContainers(arguments_: readonly string[]): Promise<number> {
  const { values: options, positionals: specs } = parseArgs({
    args: [...arguments_],
    options: { built: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const missing = noEngine();
  if (missing !== undefined) {
    console.log(`The suite was not run against containers: ${missing}.`);
    return 0;
  }
  const compose = [...composeCommand(), '-f', 'docker-compose.yml', '-f', 'e2e/docker-compose.yml'];
  const call = (...rest: string[]) => shown(compose[0] ?? '', [...compose.slice(1), ...rest], { ...environment });
  if (!options.built) await images([]);
  await call('down', '--volumes', '--remove-orphans');
  const since = new Date();
  const interrupted = () => void call('down', '--volumes').finally(() => process.exit(130));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupted);
  try {
    if ((await call('up', '-d')) !== 0) throw new Failure('The containers did not start.');
    await ready();
    const failed = await jest('e2e', specs, {
      ...environment,
      E2E_TARGET: 'containers',
      COMPOSE: compose.join(' '),
      STATE_DIR: path.join(root, '.local', project),
      BASE_URL: `http://127.0.0.1:${port(3000)}`,
      INBOX_URL: `http://127.0.0.1:${port(4580)}`,
      AWS_URL: `http://127.0.0.1:${port(4566)}`,
      PUBLIC_URL: `http://localhost:${port(3000)}`,
    });
    const full = await killedForMemory(since);
    if (full !== '') console.log(`Killed by the kernel, for its memory was full:\n${full}`);
    return failed || Number(full !== '');
  } finally {
    await call('down', '--volumes');
  }
}

/** Names of containers, a line each: they are started again, so that the suite may not have noticed. */
function killedForMemory(since: Date): Promise<string> {
  const filters = ['event=oom', `label=com.docker.compose.project=${project}`].flatMap((filter) => [
    '--filter',
    filter,
  ]);
  const times = ['--since', since.toISOString(), '--until', new Date().toISOString()];
  return docker('events', ...times, ...filters, '--format', '{{.Actor.Attributes.name}}');
}

const readyTimeoutMs = 90_000;

/** Compose starts the gateway last; ready means that every dependency answered it. */
async function ready(): Promise<void> {
  const deadline = Date.now() + readyTimeoutMs;
  const services = ['3000', '3001', '3002', '3003', '3004'];
  const answers = async (usual: string) =>
    fetch(`http://127.0.0.1:${port(Number(usual))}/health/ready`, { signal: AbortSignal.timeout(5000) }).then(
      ({ status }) => status === 200,
      () => false,
    );
  while (!(await Promise.all(services.map(answers))).every(Boolean)) {
    if (Date.now() > deadline) throw new Failure(`The containers are not ready after ${readyTimeoutMs / 1000} s.`);
    await delay(200);
  }
}
