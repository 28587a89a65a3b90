import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { keepResult } from './results';
import { median } from './statistics';
import { FlowClient } from './system/flow-client';
import { type WebhookArrivals, webhookArrivals } from './system/webhook-arrivals';
import { decadeOf } from './system/requests';

/**
 * What a person waits for and what it costs: `npm start` to ready when nothing changed, the memory of each process, and one
 * analysis at a time (20 symbols, ten years) from POST to succeeded and to its webhook. Medians.
 */
const starts = Number(process.argv[2] ?? 5);
const analyses = 15;
const offset = 14_000;
const settleMs = 3000;
const readyTimeoutMs = 180_000;
const jobTimeoutMs = 30_000;
const root = path.resolve(import.meta.dirname, '../..');
const stateDirectory = path.join(root, '.local/bench');

const Processes = z.record(z.string(), z.number());
const Account = z.object({ apiKey: z.string() });
const readJson = (name: string): unknown => JSON.parse(readFileSync(path.join(stateDirectory, name), 'utf8'));

rmSync(stateDirectory, { recursive: true, force: true });
await stopped(await started()); // builds, and makes the state that the measured starts find
const readySeconds: number[] = [];
let memory: Memory[] = [];
let jobs: Jobs | undefined;
for (let index = 0; index < starts; index++) {
  const startedAt = performance.now();
  const system = await started();
  readySeconds.push((performance.now() - startedAt) / 1000);
  try {
    if (index < starts - 1) continue;
    await delay(settleMs);
    memory = memoryOf(Processes.parse(readJson('processes.json')));
    jobs = await oneAtATime();
  } finally {
    await stopped(system);
  }
}

const seconds = readySeconds.map((value) => value.toFixed(1)).join(', ');
console.log(`\nnpm start → ready, nothing changed: median ${median(readySeconds).toFixed(1)} s (${seconds})`);
console.log('\nMemory after start (MB)      RSS    PSS');
for (const { name, rss, pss } of memory)
  console.log(`${name.padEnd(24)} ${rss.toFixed(0).padStart(7)} ${pss.toFixed(0).padStart(6)}`);
const product = memory.filter(({ name }) => name !== 'runner');
const sum = (kind: 'rss' | 'pss') => product.reduce((total, row) => total + row[kind], 0);
console.log(`services and endpoint    ${sum('rss').toFixed(0).padStart(7)} ${sum('pss').toFixed(0).padStart(6)}`);
if (jobs !== undefined) {
  console.log('\n20 symbols over 10 years, one at a time (ms, median and worst)');
  console.log(
    `POST → succeeded  ${median(jobs.succeededMs)}  ${Math.max(...jobs.succeededMs)}; the first ${jobs.firstSucceededMs}`,
  );
  console.log(`POST → webhook    ${median(jobs.webhookMs)}  ${Math.max(...jobs.webhookMs)}`);
}
keepResult('start', { readySeconds, memory, rssMegabytes: sum('rss'), pssMegabytes: sum('pss'), jobs });
process.exit(0);

interface Memory {
  readonly name: string;
  readonly rss: number;
  readonly pss: number;
}

interface Jobs {
  readonly firstSucceededMs: number;
  readonly succeededMs: number[];
  readonly webhookMs: number[];
}

async function started(): Promise<ChildProcess> {
  const child = spawn('npm', ['start'], {
    cwd: root,
    env: { ...process.env, PORT_OFFSET: String(offset), STATE_DIR: stateDirectory },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ready = Promise.withResolvers<void>();
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    if (output.includes('StockTool is ready')) ready.resolve();
  });
  child.once('exit', () => ready.reject(new Error(`npm start ended:\n${output}`)));
  const late = setTimeout(() => ready.reject(new Error('npm start is not ready in time')), readyTimeoutMs);
  process.once('SIGINT', () => child.kill('SIGINT'));
  await ready.promise;
  clearTimeout(late);
  return child;
}

async function stopped(child: ChildProcess): Promise<void> {
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  await exited;
}

/** From /proc: RSS counts shared pages in each process, PSS divides them among those that share them. */
function memoryOf(processes: Record<string, number>): Memory[] {
  const megabytes = (text: string, label: string) =>
    Number(new RegExp(`^${label}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? Number.NaN) / 1024;
  return Object.entries(processes).map(([name, id]) => ({
    name,
    rss: megabytes(readFileSync(`/proc/${id}/status`, 'utf8'), 'VmRSS'),
    pss: megabytes(readFileSync(`/proc/${id}/smaps_rollup`, 'utf8'), 'Pss'),
  }));
}

/** The first job is kept apart: it pays for what is loaded and compiled once. */
async function oneAtATime(): Promise<Jobs> {
  const { apiKey } = Account.parse(readJson('demo-account.json'));
  const client = await new FlowClient(`http://127.0.0.1:${3000 + offset}`, apiKey).newUser();
  const hook = await webhookArrivals();
  await client.post('/v1/subscriptions', { channel: 'webhook', target: hook.url, events: ['analysis.completed'] });
  const succeededMs: number[] = [];
  const webhookMs: number[] = [];
  for (let index = 0; index <= analyses; index++) {
    const { id, postedAtMs } = await client.job(decadeOf(20));
    const arrivedAtMs = await arrival(hook, id);
    succeededMs.push((await client.succeeded(id, jobTimeoutMs)).finishedAtMs - postedAtMs);
    if (arrivedAtMs === undefined) throw new Error(`the webhook of ${id}, posted at ${postedAtMs}, did not come`);
    webhookMs.push(arrivedAtMs - postedAtMs);
  }
  hook.close();
  const [firstSucceededMs = Number.NaN, ...others] = succeededMs;
  return { firstSucceededMs, succeededMs: others, webhookMs: webhookMs.slice(1) };
}

async function arrival({ arrivals }: WebhookArrivals, id: string): Promise<number | undefined> {
  const deadline = Date.now() + jobTimeoutMs;
  while (!arrivals.has(id) && Date.now() < deadline) await delay(5);
  return arrivals.get(id);
}
