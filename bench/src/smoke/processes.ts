import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { FunctionProcess, packageFunctions } from '@stocktool/lambda-harness';
import { topology } from '@stocktool/topology';
import { drainRates } from '../drain/drain-rates';
import { median } from '../statistics';
import type { Ratio } from './judge';

/** What a message costs with every safeguard on, beside a loop that has none. */
export async function consumerBesideRawLoop(): Promise<Ratio> {
  const { consumerCpuMicroseconds, rawCpuMicroseconds, controlToRaw } = await drainRates({ messages: 3000, rounds: 5 });
  return {
    name: 'consumer / raw SDK loop (CPU a message)',
    ratio: consumerCpuMicroseconds / rawCpuMicroseconds,
    control: controlToRaw,
  };
}

const starts = 9;

/** A cold start of the function's zip beside a Node that does nothing. */
export async function functionBesideNode(): Promise<Ratio> {
  const [packaged] = packageFunctions();
  const zip = path.resolve(import.meta.dirname, '../../..', packaged?.file ?? '');
  const environment = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', LOG_LEVEL: 'silent' };
  const measured = { ours: [] as number[], baseline: [] as number[], again: [] as number[] };
  for (let round = -1; round < starts; round++) {
    const first = nodeAlone();
    const started = await FunctionProcess.start(topology.functions.stockUpdater, zip, environment);
    started.stop();
    const last = nodeAlone();
    if (round < 0) continue;
    measured.baseline.push(first);
    measured.ours.push(started.initMs);
    measured.again.push(last);
  }
  const usual = median([...measured.baseline, ...measured.again]);
  return {
    name: 'start of the function / start of Node (time)',
    ratio: median(measured.ours) / usual,
    control: median(measured.again) / median(measured.baseline),
  };
}

function nodeAlone(): number {
  const startedAt = performance.now();
  spawnSync(process.execPath, ['--eval', '0'], { env: {} });
  return performance.now() - startedAt;
}
