import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { keepResult } from './results';
import { mean, median, percentile } from './statistics';
import { startBenchSystem } from './system/bench-system';
import type { FlowClient, Job } from './system/flow-client';
import { decadeOf } from './system/requests';

/**
 * What one user's 2000 queued jobs do to another user's time from POST to succeeded. Each round measures the other user on
 * the quiet system and again while the flood drains, so that a drift of the machine meets both alike.
 */
const rounds = Number(process.argv[2] ?? 3);
const floodJobs = Number(process.argv[3] ?? 2000);
const steadyJobs = 40;
const steadyEveryMs = 250;
const floodLanes = 16;
const jobTimeoutMs = 300_000;
const analysisQueue = 'stocktool-analysis-queue';
const request = decadeOf(5);

const Queues = z.object({
  items: z.array(z.object({ name: z.string(), visible: z.number(), inFlight: z.number() })),
});

const { client: admin, stop } = await startBenchSystem();
try {
  const [flooder, other] = [await admin.newUser(), await admin.newUser()];
  await steady(other);
  console.log('\nPOST → succeeded of user B (ms), 5 symbols over 10 years');
  console.log('round   quiet p50  p95   flooded p50  p95   ratio p95 | accepted  backlog at begin, end of B  drained');
  const measured = [];
  for (let round = 0; round < rounds; round++) measured.push(await measure(round, flooder, other));
  const result = {
    floodJobs,
    rounds: measured,
    quietP95Ms: median(measured.map(({ quiet }) => quiet.p95)),
    floodedP95Ms: median(measured.map(({ flooded }) => flooded.p95)),
    ratioOfP95: median(measured.map(({ ratio }) => ratio)),
  };
  console.log(
    `median  p95 ${result.quietP95Ms} ms quiet, ${result.floodedP95Ms} ms flooded: ${result.ratioOfP95.toFixed(2)}×`,
  );
  keepResult('fairness', result);
} finally {
  await stop();
}
process.exit(0);

async function measure(round: number, flooder: FlowClient, other: FlowClient) {
  const quiet = await steady(other);
  const startedAtMs = Date.now();
  await flood(flooder);
  const acceptedMs = Date.now() - startedAtMs;
  const backlogAtBegin = await backlog();
  const jobs = await post(other);
  const backlogAtEnd = await backlog();
  const flooded = await latencies(other, jobs);
  while ((await backlog()) > 0) await delay(200);
  const drainedMs = Date.now() - startedAtMs;
  const ratio = flooded.p95 / quiet.p95;
  const cell = (value: number | string, width: number) => String(value).padStart(width);
  console.log(
    `${cell(round + 1, 5)} ${cell(quiet.p50, 11)} ${cell(quiet.p95, 4)} ${cell(flooded.p50, 13)} ${cell(flooded.p95, 4)} ` +
      `${cell(ratio.toFixed(2), 11)} | ${cell((acceptedMs / 1000).toFixed(1), 6)} s ${cell(backlogAtBegin, 17)}, ${cell(backlogAtEnd, 4)} ${cell((drainedMs / 1000).toFixed(1), 12)} s`,
  );
  const split = ({ mean: { accept, queue, work } }: typeof quiet) => `accept ${accept}, queue ${queue}, work ${work}`;
  console.log(`      mean of each hop: ${split(quiet)} quiet; ${split(flooded)} flooded`);
  return { quiet, flooded, ratio, acceptedMs, drainedMs, backlogAtBegin, backlogAtEnd };
}

/** Posts as fast as they are accepted. */
async function flood(flooder: FlowClient): Promise<void> {
  let left = floodJobs;
  const lane = async () => {
    while (left-- > 0) await flooder.job(request);
  };
  await Promise.all(Array.from({ length: floodLanes }, lane));
}

/** Open loop: a slow answer does not put the next job off. */
async function post(user: FlowClient): Promise<Job[]> {
  const startedAtMs = Date.now();
  const jobs: Promise<Job>[] = [];
  for (let index = 0; index < steadyJobs; index++) {
    await delay(Math.max(0, startedAtMs + index * steadyEveryMs - Date.now()));
    jobs.push(user.job(request));
  }
  return Promise.all(jobs);
}

async function steady(user: FlowClient) {
  return latencies(user, await post(user));
}

async function latencies(user: FlowClient, jobs: readonly Job[]) {
  const hops = await Promise.all(
    jobs.map(async ({ id, postedAtMs, acceptedAtMs }) => {
      const { startedAtMs, finishedAtMs } = await user.succeeded(id, jobTimeoutMs);
      const accept = Math.min(acceptedAtMs, startedAtMs) - postedAtMs;
      return {
        total: finishedAtMs - postedAtMs,
        accept,
        queue: startedAtMs - postedAtMs - accept,
        work: finishedAtMs - startedAtMs,
      };
    }),
  );
  const totals = hops.map(({ total }) => total);
  const hop = (name: 'accept' | 'queue' | 'work') => Math.round(mean(hops.map((row) => row[name])));
  return {
    p50: percentile(totals, 50),
    p95: percentile(totals, 95),
    worst: Math.max(...totals),
    mean: { accept: hop('accept'), queue: hop('queue'), work: hop('work') },
  };
}

async function backlog(): Promise<number> {
  const { items } = Queues.parse(await admin.get('/v1/admin/queues'));
  const row = items.find(({ name }) => name === analysisQueue);
  return (row?.visible ?? 0) + (row?.inFlight ?? 0);
}
