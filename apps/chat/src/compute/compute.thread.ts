import { parentPort } from 'node:worker_threads';
import { forecastPrices } from '@stocktool/analytics';
import type { ThreadReply } from '@stocktool/bootstrap';
import { makeAnalyses } from './analyses-job';
import type { Computed, ComputeJob } from './compute-line';

function replyTo(job: ComputeJob): ThreadReply<Computed> {
  try {
    return { made: job.kind === 'forecast' ? forecastPrices(job.prices, job.days) : makeAnalyses(job) };
  } catch (error) {
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

parentPort?.on('message', (job: ComputeJob) => parentPort?.postMessage(replyTo(job)));
