import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { mean, percentile } from '../statistics';
import { startBenchSystem } from '../system/bench-system';
import type { FlowClient, Job } from '../system/flow-client';
import { decadeOf } from '../system/requests';
import { type WebhookArrivals, webhookArrivals } from '../system/webhook-arrivals';

export interface Load {
  readonly jobsPerSecond: number;
  readonly seconds: number;
}

const Finished = z.object({ status: z.string(), createdAt: z.string(), startedAt: z.string(), finishedAt: z.string() });

/** The size that the goals speak of. */
const request = decadeOf(20);

/** What the highest rate leaves behind has to drain. */
const settleTimeoutMs = 120_000;
const warmUpJobs = 20;

/** Sends jobs at fixed rates, open loop, and follows each from the POST to its webhook. */
export async function flowLatencies(loads: readonly Load[]) {
  const { client: admin, stop } = await startBenchSystem();
  const client = await admin.newUser();
  const hook = await webhookArrivals();
  try {
    await client.post('/v1/subscriptions', { channel: 'webhook', target: hook.url, events: ['analysis.completed'] });
    for (let job = 0; job < warmUpJobs; job++) await client.post('/v1/analyses', request);
    await settled(() => hook.arrivals.size >= warmUpJobs);
    console.log('\nPOST → webhook, 20 symbols over 10 years (ms)');
    console.log('jobs/s   p50   p99   | mean share: accept  queue  work  notify | done');
    const rows = [];
    for (const load of loads) rows.push(await measure(load, client, hook));
    return rows;
  } finally {
    hook.close();
    await stop();
  }
}

interface Hops {
  readonly total: number;
  readonly accept: number;
  readonly queue: number;
  readonly work: number;
  readonly notify: number;
}

/** Asked one after the other when all is over: the questions shall not be part of what is measured. */
async function hopsOf(client: FlowClient, { id, postedAtMs, acceptedAtMs }: Job, arrivedAtMs: number): Promise<Hops> {
  const analysis = Finished.parse(await client.get(`/v1/analyses/${id}`));
  const [started, finished] = [Date.parse(analysis.startedAt), Date.parse(analysis.finishedAt)];
  return {
    total: arrivedAtMs - postedAtMs,
    accept: Math.min(acceptedAtMs, started) - postedAtMs,
    queue: Math.max(0, started - acceptedAtMs),
    work: finished - started,
    notify: arrivedAtMs - finished,
  };
}

async function measure({ jobsPerSecond, seconds }: Load, client: FlowClient, hook: WebhookArrivals) {
  const jobs: Promise<Job>[] = [];
  const startedAtMs = Date.now();
  for (let index = 0; index < jobsPerSecond * seconds; index++) {
    await delay(Math.max(0, startedAtMs + (index * 1000) / jobsPerSecond - Date.now()));
    jobs.push(client.job(request));
  }
  const accepted = await Promise.all(jobs);
  const arrived = await settled(() => accepted.every(({ id }) => hook.arrivals.has(id)));
  const hops: Hops[] = [];
  for (const job of accepted) {
    const arrivedAtMs = hook.arrivals.get(job.id);
    if (arrivedAtMs !== undefined) hops.push(await hopsOf(client, job, arrivedAtMs));
  }
  const totals = hops.map(({ total }) => total);
  const share = (hop: 'accept' | 'queue' | 'work' | 'notify') => mean(hops.map((row) => row[hop])) / mean(totals);
  const row = {
    jobsPerSecond,
    jobs: accepted.length,
    arrived: hops.length,
    complete: arrived,
    p50Ms: Math.round(percentile(totals, 50)),
    p99Ms: Math.round(percentile(totals, 99)),
    shares: { accept: share('accept'), queue: share('queue'), work: share('work'), notify: share('notify') },
  };
  const percent = (fraction: number) => `${Math.round(100 * fraction)} %`.padStart(6);
  console.log(
    `${String(jobsPerSecond).padStart(6)} ${String(row.p50Ms).padStart(5)} ${String(row.p99Ms).padStart(5)}   |             ` +
      `${percent(row.shares.accept)} ${percent(row.shares.queue)} ${percent(row.shares.work)} ${percent(row.shares.notify)} | ${hops.length} of ${accepted.length}`,
  );
  return row;
}

async function settled(done: () => boolean): Promise<boolean> {
  const deadline = Date.now() + settleTimeoutMs;
  while (!done() && Date.now() < deadline) await delay(20);
  return done();
}
