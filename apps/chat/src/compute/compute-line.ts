import type { OnApplicationShutdown } from '@nestjs/common';
import type { PriceForecast } from '@stocktool/analytics';
import { startThread, ThreadLine } from '@stocktool/bootstrap';
import { Problem } from '@stocktool/contracts';
import type { AnalysesJob, MadeAnalyses, MadeAnalysis } from './analyses-job';

export interface ForecastJob {
  readonly prices: Float64Array;
  readonly days: number;
}

export type ComputeJob = ({ readonly kind: 'forecast' } & ForecastJob) | ({ readonly kind: 'analyses' } & AnalysesJob);
export type Computed = PriceForecast | MadeAnalyses;

const resourceLimits = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 96 };

/** What takes up to a second of computing: done in one thread, so that other replies go on and memory is bounded once. */
export class ComputeLine implements OnApplicationShutdown {
  private readonly line = new ThreadLine<ComputeJob, Computed>({
    what: 'a computation',
    mostWaiting: 16,
    mostOfOneUser: 4,
    timeoutMs: 20_000,
    idleMs: 30_000,
    start: () => startThread('compute', import.meta.url, resourceLimits),
  });

  async forecast(userId: string, job: ForecastJob): Promise<PriceForecast> {
    return (await this.line.run(userId, () => Promise.resolve({ kind: 'forecast', ...job }))) as PriceForecast;
  }

  /** One for each request. Throws the problem of the analysis that could not be made. */
  async analyses(userId: string, job: AnalysesJob): Promise<readonly MadeAnalysis[]> {
    const made = (await this.line.run(userId, () => Promise.resolve({ kind: 'analyses', ...job }))) as MadeAnalyses;
    if ('refused' in made) throw new Problem(made.refused.code, made.refused.detail);
    return made.analyses;
  }

  onApplicationShutdown(): Promise<void> {
    return this.line.close();
  }
}
