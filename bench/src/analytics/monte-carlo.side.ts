import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { completeSimulation, shareSimulation, simulateHere } from '@stocktool/analytics';
import { serve } from './node-side';
import { planOf, tailLoss } from './simulation-plan';

/** Our side of the simulation: what the worker's thread does, alone or with one more that helps. */
const [prices, facts] = process.argv.slice(2) as [string, string];
const plan = planOf(prices, facts, { paths: 10_000 });
const long = { ...plan, paths: 40_000 };

const helper = new Worker(new URL('./monte-carlo.helper.ts', import.meta.url), { execArgv: process.execArgv });
await once(helper, 'message');

function summary({ terminal, deepestFall }: ReturnType<typeof simulateHere>) {
  const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean: mean(terminal), cvar: tailLoss(terminal, 0.05), fall: mean(deepestFall) };
}

serve({
  kernel: () => summary(simulateHere(plan)),
  oneThread: () => void simulateHere(long),
  twoThreads: () => {
    const simulation = shareSimulation(long);
    helper.postMessage(simulation);
    completeSimulation(simulation, () => undefined);
  },
});
