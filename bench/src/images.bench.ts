import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { docker, type ImageSpec, noEngine, repositoryOf, serviceImages } from '@stocktool/images';
import { keepResult } from './results';
import { median } from './statistics';

/**
 * Each service's image by itself, beside an emulator in a network of its own and hardened as in production: size above its base,
 * `docker run` to a ready answer and how much of that the engine took before the process ran, memory of its cgroup when it has been
 * idle. After `npm run images`.
 */
const starts = Number(process.argv[2] ?? 3);
const base = process.env['NODE_IMAGE'] ?? 'node:24-bookworm-slim';
const idleMs = 15_000;
const readyTimeoutMs = 30_000;
const everyMs = 5;
const network = `stocktool-bench-${process.pid}`;
const megabyte = 1e6;

const environment = {
  AWS_ENDPOINT_URL: 'http://aws:4566',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  SMTP_URL: 'smtp://aws:4525',
  MAIL_FROM: 'noreply@stocktool.example',
};

const settings = Object.entries(environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]);

const missing = noEngine();
if (missing !== undefined) {
  console.log(`The images were not measured: ${missing}.`);
  process.exit(0);
}

interface Measured {
  readonly image: string;
  readonly megabytesAboveBase: number;
  /** From `docker run` on. */
  readonly readyMs: number[];
  /** From the start of the container's process on. */
  readonly processMs: number[];
  readonly idleMegabytes: number;
  readonly stopMs: number;
  readonly exitCode: number;
}

const running: string[] = [];
await docker('network', 'create', network);
try {
  await emulator();
  const baseBytes = await sizeOf(base);
  const measured: Measured[] = [];
  for (const image of serviceImages) measured.push(await measure(image, baseBytes));
  console.log(`\nabove ${base}        MB   ready ms   process ms   idle MB   limit   stop ms  exit`);
  for (const { image, megabytesAboveBase, readyMs, processMs, idleMegabytes, stopMs, exitCode } of measured)
    console.log(
      [
        image.padEnd(24),
        megabytesAboveBase.toFixed(1).padStart(11),
        median(readyMs).toFixed(0).padStart(10),
        median(processMs).toFixed(0).padStart(13),
        idleMegabytes.toFixed(0).padStart(9),
        String(serviceImages.find(({ name }) => name === image)?.memoryMegabytes).padStart(7),
        stopMs.toFixed(0).padStart(9),
        String(exitCode).padStart(5),
      ].join(''),
    );
  keepResult('images', { base, images: measured });
} finally {
  for (const id of running) await docker('rm', '--force', id).catch(() => undefined);
  await docker('network', 'rm', network);
}
process.exit(0);

async function measure(image: ImageSpec, baseBytes: number): Promise<Measured> {
  const readyMs: number[] = [];
  const processMs: number[] = [];
  for (let index = 0; index < starts; index++) {
    const { id, ...took } = await ready(image);
    readyMs.push(took.readyMs);
    processMs.push(took.processMs);
    if (index < starts - 1) {
      await docker('rm', '--force', id);
      continue;
    }
    await delay(idleMs);
    const idleMegabytes = memoryOf(await docker('inspect', '--format', '{{.Id}}', id)) / megabyte;
    const stoppedAt = performance.now();
    await docker('stop', '--time', '15', id);
    const stopMs = performance.now() - stoppedAt;
    const exitCode = Number(await docker('inspect', '--format', '{{.State.ExitCode}}', id));
    const bytes = await sizeOf(`${repositoryOf(image.name)}:local`);
    await docker('rm', '--force', id);
    return {
      image: image.name,
      megabytesAboveBase: (bytes - baseBytes) / megabyte,
      readyMs,
      processMs,
      idleMegabytes,
      stopMs,
      exitCode,
    };
  }
  throw new Error('at least one start is needed');
}

async function ready(image: ImageSpec): Promise<{ id: string; readyMs: number; processMs: number }> {
  const port = image.server?.port ?? 0;
  const limit = `${image.memoryMegabytes}m`;
  const startedAt = performance.now();
  const id = await docker(
    ...['run', '--detach', '--init', '--network', network, '--publish', `127.0.0.1::${port}`],
    ...['--read-only', '--tmpfs', '/tmp:size=16m,noexec,nosuid'],
    ...['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--pids-limit', '128'],
    ...['--memory', limit, '--memory-swap', limit],
    ...settings,
    `${repositoryOf(image.name)}:local`,
  );
  running.push(id);
  const address = (await docker('port', id, String(port))).split('\n')[0] ?? '';
  while (!(await answers(`http://${address}/health/ready`))) {
    if (performance.now() - startedAt > readyTimeoutMs)
      throw new Error(`${image.name} is not ready: ${await docker('logs', id)}`);
    await delay(everyMs);
  }
  const readyMs = performance.now() - startedAt;
  const readyAt = Date.now();
  const processAt = Date.parse(await docker('inspect', '--format', '{{.State.StartedAt}}', id));
  return { id, readyMs, processMs: readyAt - processAt };
}

function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(2000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function emulator(): Promise<void> {
  const run = ['run', '--detach', '--network', network, '--network-alias', 'aws'];
  const id = await docker(...run, `${repositoryOf('local-aws')}:local`);
  running.push(id);
  await docker('run', '--rm', '--network', network, ...settings, `${repositoryOf('provision')}:local`, '--wait', '30');
}

async function sizeOf(image: string): Promise<number> {
  return Number(await docker('image', 'inspect', '--format', '{{.Size}}', image));
}

/** Memory that only the end of the process gives back: what is charged to the cgroup less the file pages that can be dropped. */
function memoryOf(id: string): number {
  const places = [
    [`/sys/fs/cgroup/memory/docker/${id}`, 'memory.usage_in_bytes', 'total_inactive_file'],
    [`/sys/fs/cgroup/docker/${id}`, 'memory.current', 'inactive_file'],
    [`/sys/fs/cgroup/system.slice/docker-${id}.scope`, 'memory.current', 'inactive_file'],
  ] as const;
  const found = places.find(([directory]) => existsSync(directory));
  if (found === undefined) throw new Error(`the cgroup of ${id} is not where Docker usually has it`);
  const [directory, usage, inactive] = found;
  const stat = readFileSync(path.join(directory, 'memory.stat'), 'utf8');
  const droppable = Number(new RegExp(`^${inactive} (\\d+)$`, 'm').exec(stat)?.[1] ?? 0);
  return Number(readFileSync(path.join(directory, usage), 'utf8')) - droppable;
}
