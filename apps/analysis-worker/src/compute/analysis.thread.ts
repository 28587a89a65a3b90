import { parentPort } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { analyse } from '@stocktool/analytics';
import { isAvailable, Problem, type AnalysisResult } from '@stocktool/contracts';
import type { ComputedAnalysis, ComputeJob, ThreadReply } from './compute-job';
import { SeriesUnpacker } from './packed-series';

/** A thread of its own for what would stall heartbeats: the figures, their JSON and its compression. */
const unpacker = new SeriesUnpacker();

function compute({ request, series, factors, transactions = [] }: ComputeJob): ComputedAnalysis {
  const unpacked = (each: ComputeJob['series']) => each.map((packed) => unpacker.unpack(packed));
  const input = { request, series: unpacked(series), factors: unpacked(factors), transactions };
  const result = analyse(input);
  const { from, to } = result.window;
  const packedResult = new Uint8Array(gzipSync(JSON.stringify(result)));
  return { packedResult, window: { from, to }, headline: headlineOf(result) };
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

parentPort?.on('message', (job: ComputeJob) => {
  const reply = replyTo(job);
  parentPort?.postMessage(reply, reply.kind === 'computed' ? [reply.analysis.packedResult.buffer] : []);
});
