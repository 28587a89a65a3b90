import { gunzipSync } from 'node:zlib';
import { AnalysisRequest } from '@stocktool/contracts';
import { bundled } from './bundled-series.fixture';
import type { ComputedAnalysis, ComputeJob } from './compute-job';
import { ComputePool } from './compute-pool';
import { packSeries } from './packed-series';

const symbols = ['AAPL', 'GE', 'KO', 'MSFT', 'PFE', 'XOM'];
const never = new AbortController().signal;
const pools: ComputePool[] = [];
/** A minute of one thread. */
const long = { paths: 1_000_000, horizonDays: 1500 };

let series: ComputeJob['series'] = [];
beforeAll(async () => {
  series = (await bundled([...symbols, '^GSPC'])).map(packSeries);
});
afterAll(() => Promise.all(pools.map((pool) => pool.onApplicationShutdown())));

function poolOf(threads: number): ComputePool {
  const pool = new ComputePool({ threads, jobTimeoutMs: 120_000 });
  pools.push(pool);
  pool.onApplicationBootstrap();
  return pool;
}

function job(monteCarlo?: object): ComputeJob {
  const holdings = symbols.map((symbol, i) => ({ symbol, weight: (i + 1) / 21 }));
  const include = monteCarlo ? ['monteCarlo'] : ['performance'];
  const period = { from: '2010-01-04', to: '2017-12-29' };
  const request = AnalysisRequest.parse({ holdings, include, ...period, ...(monteCarlo && { monteCarlo }) });
  return { request: { ...request, holdings }, series, factors: [] };
}
const resultOf = ({ packedResult }: ComputedAnalysis): unknown => JSON.parse(gunzipSync(packedResult).toString());

/** A long simulation of which a part is done: by then others help. `outcome` says how it ends. */
async function longSimulation(pool: ComputePool, signal: AbortSignal) {
  const { promise: begun, resolve } = Promise.withResolvers<number>();
  const ended = pool.run(job(long), signal, resolve);
  const outcome = ended.then(
    () => 'done',
    (error: Error) => error.message,
  );
  await begun;
  return { outcome };
}

describe('a simulation in a pool of threads', () => {
  it('gives the same bits on any number of threads, and tells how far it is', async () => {
    const results: unknown[] = [];
    for (const threads of [1, 2, 3]) {
      const told: number[] = [];
      const pool = poolOf(threads);
      const run = () => pool.run(job({ paths: 30_000 }), never, (fraction) => told.push(fraction));
      results.push(resultOf(await run()), resultOf(await run()));
      expect(told.length).toBeGreaterThan(1);
      expect(told.every((fraction) => fraction > 0 && fraction <= 1)).toBe(true);
    }
    for (const result of results) expect(result).toEqual(results[0]);
  }, 60_000);

  it('gives its helpers to a job that comes, which does not wait for its end', async () => {
    const pool = poolOf(2);
    const controller = new AbortController();
    const { outcome } = await longSimulation(pool, controller.signal);
    for (let small = 0; small < 3; small++) await pool.run(job(), never);
    controller.abort();
    expect(await outcome).toBe('computing was aborted');
  }, 60_000);

  it('ends at an abort with all who help, and leaves the threads to the next jobs', async () => {
    const pool = poolOf(2);
    const controller = new AbortController();
    const { outcome } = await longSimulation(pool, controller.signal);
    controller.abort();
    expect(await outcome).toBe('computing was aborted');
    const [one, other] = await Promise.all([pool.run(job(), never), pool.run(job(), never)]);
    expect(resultOf(one)).toEqual(resultOf(other));
  }, 60_000);
});
