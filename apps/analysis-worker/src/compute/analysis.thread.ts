import { parentPort } from 'node:worker_threads';
import {
  analyse,
  blocksOf,
  completeSimulation,
  helpSimulation,
  shareSimulation,
  simulateHere,
  type SharedSimulation,
  type Simulate,
} from '@stocktool/analytics';
import { isAvailable, Problem, type AnalysisResult } from '@stocktool/contracts';
import type { ComputedAnalysis, ComputeJob, ThreadNews, ThreadReply, ThreadTask } from './compute-job';
import { packResult } from './pack-result';
import { SeriesUnpacker } from './packed-series';

/** A thread of its own for what would stall heartbeats: the figures, their JSON and its compression. */
const unpacker = new SeriesUnpacker();
/** Fewer are done before a helper has begun. */
const blocksWorthHelp = 16;
const progressStep = 0.01;

const say = (news: ThreadNews) => parentPort?.postMessage(news);

/** With the help of threads that have nothing to do, when there is enough to share. */
const simulate: Simulate = (plan) => {
  if (blocksOf(plan) < blocksWorthHelp) return simulateHere(plan);
  const simulation = shareSimulation(plan);
  say({ kind: 'help-wanted', simulation });
  let told = 0;
  return completeSimulation(simulation, (fraction) => {
    if (fraction < told + progressStep) return;
    told = fraction;
    say({ kind: 'progress', fraction });
  });
};

function compute({
  request,
  series,
  factors,
  factorFaults = [],
  transactions = [],
  warnings = [],
}: ComputeJob): ComputedAnalysis {
  const unpacked = (each: ComputeJob['series']) => each.map((packed) => unpacker.unpack(packed));
  const input = { request, series: unpacked(series), factors: unpacked(factors), factorFaults, transactions };
  const analysed = analyse(input, simulate);
  const { result, packed, notNumbers } = packResult({ ...analysed, warnings: [...warnings, ...analysed.warnings] });
  const { from, to } = result.window;
  return { packedResult: packed, window: { from, to }, headline: headlineOf(result), notNumbers };
}

function headlineOf({ portfolio }: AnalysisResult): ComputedAnalysis['headline'] {
  const performance = isAvailable(portfolio.performance) ? portfolio.performance : undefined;
  const risk = isAvailable(portfolio.risk) ? portfolio.risk : undefined;
  return {
    totalReturn: performance?.totalReturn ?? null,
    annualVolatility: performance?.annualVolatility ?? null,
    sharpe: performance?.sharpe ?? null,
    maxDrawdown: performance?.maxDrawdown.value ?? null,
    historicalVar95: risk?.var.historical['0.95'] ?? null,
  };
}

function replyTo(job: ComputeJob): ThreadReply {
  try {
    return { kind: 'computed', analysis: compute(job) };
  } catch (error) {
    if (error instanceof Problem) return { kind: 'refused', code: error.code, detail: error.message };
    const fault = error instanceof Error ? error : new Error(String(error));
    return { kind: 'failed', message: fault.message, stack: fault.stack };
  }
}

function helped(simulation: SharedSimulation): ThreadReply {
  helpSimulation(simulation);
  return { kind: 'helped' };
}

parentPort?.on('message', (task: ThreadTask) => {
  const reply = task.kind === 'help' ? helped(task.simulation) : replyTo(task.job);
  parentPort?.postMessage(reply, reply.kind === 'computed' ? [reply.analysis.packedResult.buffer] : []);
});
