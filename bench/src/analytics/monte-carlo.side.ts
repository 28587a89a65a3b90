import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { completeSimulation, shareSimulation, simulateHere } from '@stocktool/analytics';
import { serve } from './node-side';
import { planOf, tailLoss, type SimulationPlan } from './simulation-plan';

/** Our side of the simulation: what the worker's thread does, alone or with one more that helps. */
const [prices, facts] = process.argv.slice(2) as [string, string];
const plan = planOf(prices, facts, { paths: 10_000 });
const long = { ...plan, paths: 100_000 };
const half = { ...plan, paths: 50_000 };

const helper = new Worker(new URL('./monte-carlo.helper.ts', import.meta.url), { execArgv: process.execArgv });
await once(helper, 'message');

function summary({ terminal, deepestFall }: ReturnType<typeof simulateHere>) {
  const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean: mean(terminal), cvar: tailLoss(terminal, 0.05), fall: mean(deepestFall) };
}

serve({
  kernel: () => summary(simulateHere(plan)),
  oneThread: () => void simulateHere(long),
  twoThreads: () => withHelper(() => completeSimulation(given(long), () => undefined)),
  /** The same work in two halves that have nothing to do with one another: what two threads could be at best. */
  twoApart: () => {
    given(half);
    return withHelper(() => void simulateHere(half));
  },
});

function given(simulated: SimulationPlan) {
  const simulation = shareSimulation(simulated);
  helper.postMessage(simulation);
  return simulation;
}

async function withHelper(work: () => unknown): Promise<void> {
  const helped = once(helper, 'message');
  work();
  await helped;
}
