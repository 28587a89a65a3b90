import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { mean, percentile } from '../statistics';

export interface Load {
  readonly jobsPerSecond: number;
  readonly seconds: number;
}

interface Job {
  readonly id: string;
  readonly postedAtMs: number;
  readonly acceptedAtMs: number;
}

const Accepted = z.object({ id: z.string() });
const Finished = z.object({ status: z.string(), createdAt: z.string(), startedAt: z.string(), finishedAt: z.string() });

const symbols = 'AAPL AMD BAC BBY CVX GE HD JNJ JPM KO LLY MRK MSFT PEP PFE PG RRC UNH WMT XOM'.split(' ');
/** The size: 20 symbols over 10 years. */
const request = {
  holdings: symbols.map((symbol) => ({ symbol, weight: 1 / symbols.length })),
  from: '2013-01-02',
  to: '2022-12-28',
};

const settleTimeoutMs = 60_000;
const warmUpJobs = 20;

/** Sends jobs at fixed rates, open loop, and follows each from the POST to its webhook. */
export async function flowLatencies(loads: readonly Load[]) {
  process.env['PORT_OFFSET'] = '14000';
  process.env['STATE_DIR'] = path.resolve(import.meta.dirname, '../../../.local/bench');
  const { System } = await import('@stocktool/runner');
  const system = new System({
    workers: 1,
    say: () => undefined,
    failed: (line) => {
      console.error(line);
      process.exit(1);
    },
  });
  const { apiKey } = await system.start();
  const client = new FlowClient('http://127.0.0.1:17000', apiKey);
  const hook = await receiver();
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
    await system.stop();
  }
}

async function measure({ jobsPerSecond, seconds }: Load, client: FlowClient, hook: Receiver) {
  const jobs: Promise<Job>[] = [];
  const startedAtMs = Date.now();
  for (let index = 0; index < jobsPerSecond * seconds; index++) {
    await delay(Math.max(0, startedAtMs + (index * 1000) / jobsPerSecond - Date.now()));
    jobs.push(client.job(request));
  }
  const accepted = await Promise.all(jobs);
  const arrived = await settled(() => accepted.every(({ id }) => hook.arrivals.has(id)));
  const hops = await Promise.all(
    accepted
      .filter(({ id }) => hook.arrivals.has(id))
      .map(async ({ id, postedAtMs, acceptedAtMs }) => {
        const analysis = Finished.parse(await client.get(`/v1/analyses/${id}`));
        const [started, finished] = [Date.parse(analysis.startedAt), Date.parse(analysis.finishedAt)];
        const arrivedAtMs = hook.arrivals.get(id) ?? Number.NaN;
        return {
          total: arrivedAtMs - postedAtMs,
          accept: Math.min(acceptedAtMs, started) - postedAtMs,
          queue: Math.max(0, started - acceptedAtMs),
          work: finished - started,
          notify: arrivedAtMs - finished,
        };
      }),
  );
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

class FlowClient {
  constructor(
    private readonly baseUrl: string,
    private readonly apiKey: string,
  ) {}

  async job(body: object): Promise<Job> {
    const postedAtMs = Date.now();
    const { id } = Accepted.parse(await this.post('/v1/analyses', body));
    return { id, postedAtMs, acceptedAtMs: Date.now() };
  }

  post(route: string, body: object): Promise<unknown> {
    return this.call('POST', route, JSON.stringify(body));
  }

  get(route: string): Promise<unknown> {
    return this.call('GET', route);
  }

  private async call(method: string, route: string, body?: string): Promise<unknown> {
    const response = await fetch(`${this.baseUrl}${route}`, {
      method,
      headers: { 'x-api-key': this.apiKey, 'content-type': 'application/json' },
      ...(body !== undefined && { body }),
      signal: AbortSignal.timeout(30_000),
    });
    if (!response.ok) throw new Error(`${method} ${route} answered ${response.status}: ${await response.text()}`);
    return response.json();
  }
}

async function settled(done: () => boolean): Promise<boolean> {
  const deadline = Date.now() + settleTimeoutMs;
  while (!done() && Date.now() < deadline) await delay(20);
  return done();
}

type Receiver = Awaited<ReturnType<typeof receiver>>;

async function receiver() {
  const arrivals = new Map<string, number>();
  const server = createServer((incoming, response) => {
    let text = '';
    incoming.on('data', (chunk: Buffer) => (text += chunk.toString()));
    incoming.on('end', () => {
      const id = /"analysisId":"([^"]+)"/.exec(text)?.[1];
      if (id !== undefined && !arrivals.has(id)) arrivals.set(id, Date.now());
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    arrivals,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
