import { Worker } from 'node:worker_threads';
import { gunzipSync } from 'node:zlib';
import { analyse } from '@stocktool/analytics';
import { AnalysisRequest } from '@stocktool/contracts';
import { bundled } from './bundled-series.fixture';
import type { ComputeJob } from './compute-job';
import { ComputePool } from './compute-pool';
import { packSeries } from './packed-series';

const never = new AbortController().signal;
const pools: ComputePool[] = [];

function poolOf(options: Partial<ConstructorParameters<typeof ComputePool>[0]> = {}): ComputePool {
  const pool = new ComputePool({ threads: 1, jobTimeoutMs: 20_000, ...options });
  pools.push(pool);
  return pool;
}
afterAll(() => Promise.all(pools.map((pool) => pool.onApplicationShutdown())));

/** A program instead of the analysis: its jobs say what it shall do. */
const scripted = () =>
  new Worker(
    `const { parentPort } = require('node:worker_threads');
     parentPort.on('message', ({ job: { request } }) => {
       if (request === 'die') process.exit(3);
       if (request === 'throw') throw new Error('unexpected');
       if (request === 'hang') for (;;);
       if (request.startsWith('slow')) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
       if (request === 'refuse') return parentPort.postMessage({ kind: 'refused', code: 'no-date-overlap', detail: 'none' });
       parentPort.postMessage({ kind: 'computed', analysis: request });
     });`,
    { eval: true },
  );
const job = (request: string) => ({ request, series: [] }) as unknown as ComputeJob;

describe('ComputePool', () => {
  it('computes in a thread what analyse computes here, to the last digit', async () => {
    const series = await bundled(['AAPL', 'MSFT', '^GSPC']);
    const holdings = [
      { symbol: 'AAPL', quantity: 3 },
      { symbol: 'MSFT', quantity: 5 },
    ];
    const request = { ...AnalysisRequest.parse({ holdings, from: '2014-01-02', to: '2017-12-29' }), holdings };
    const computed = await poolOf().run({ request, series: series.map(packSeries), factors: [] }, never);
    const here = analyse({ request, series });
    expect(JSON.parse(gunzipSync(computed.packedResult).toString())).toEqual(JSON.parse(JSON.stringify(here)));
    expect(computed.window).toEqual({ from: '2014-01-02', to: '2017-12-29' });
    expect(computed.headline.totalReturn).toBe((here.portfolio.performance as { totalReturn: number }).totalReturn);
  }, 60_000);

  it('hands a refusal on as the Problem that it was', async () => {
    await expect(poolOf({ startThread: scripted }).run(job('refuse'), never)).rejects.toMatchObject({
      code: 'no-date-overlap',
      retryable: false,
    });
  });

  it.each(['die', 'throw'])('fails the job whose thread will %s, and does the next one', async (fault) => {
    const pool = poolOf({ startThread: scripted });
    await expect(pool.run(job(fault), never)).rejects.toThrow('computing thread');
    expect(await pool.run(job('fine'), never)).toBe('fine');
  });

  it('ends a job that takes too long, and does the next one', async () => {
    const pool = poolOf({ startThread: scripted, jobTimeoutMs: 300 });
    await expect(pool.run(job('hang'), never)).rejects.toThrow('longer than 300 ms');
    expect(await pool.run(job('fine'), never)).toBe('fine');
  });

  it('does not count the time in line as the time of a job', async () => {
    const pool = poolOf({ startThread: scripted, jobTimeoutMs: 1000 });
    const names = ['slow 1', 'slow 2', 'slow 3', 'slow 4'];
    expect(await Promise.all(names.map((name) => pool.run(job(name), never)))).toEqual(names);
  });

  it('ends a job at an abort, and one that still waits without touching the other', async () => {
    const pool = poolOf({ startThread: scripted });
    const [running, waiting] = [new AbortController(), new AbortController()];
    const first = pool.run(job('hang'), running.signal);
    const second = pool.run(job('fine'), waiting.signal);
    const third = pool.run(job('also fine'), never);
    waiting.abort();
    await expect(second).rejects.toThrow('aborted');
    running.abort();
    await expect(first).rejects.toThrow('aborted');
    expect(await third).toBe('also fine');
  });

  it('does more jobs than it has threads, each once', async () => {
    const pool = poolOf({ startThread: scripted, threads: 2 });
    const names = Array.from({ length: 50 }, (_, i) => `job ${i}`);
    expect(await Promise.all(names.map((name) => pool.run(job(name), never)))).toEqual(names);
  });
});
