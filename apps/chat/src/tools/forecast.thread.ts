import { parentPort } from 'node:worker_threads';
import { forecastPrices, type PriceForecast } from '@stocktool/analytics';
import type { ThreadReply } from '@stocktool/bootstrap';
import type { ForecastJob } from './forecast-price';

function replyTo({ prices, days }: ForecastJob): ThreadReply<PriceForecast> {
  try {
    return { made: forecastPrices(prices, days) };
  } catch (error) {
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

parentPort?.on('message', (job: ForecastJob) => parentPort?.postMessage(replyTo(job)));
