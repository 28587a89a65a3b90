import { randomUUID } from 'node:crypto';
import { type MetricBatch, type MetricSeries, Problem } from '@stocktool/contracts';
import { ZodError } from 'zod';
import type { Metrics } from './metrics';

/** Where batches go. A batch may be sent again with the same `batchId` when its first sending is in doubt. */
export abstract class MetricSink {
  abstract send(batch: MetricBatch, signal: AbortSignal): Promise<void>;
}

/**
 * The sink will never take this batch: it is not valid, or too large. By name, since the sinks know us and not the other way round.
 */
function isRefusal(error: unknown): boolean {
  if (error instanceof Problem) return !error.retryable;
  return error instanceof ZodError || (error instanceof Error && error.name === 'MessageTooLarge');
}

export interface MetricsFlusherOptions {
  service: string;
  intervalSeconds?: number;
  sendTimeoutMs?: number;
  /** Batches kept for another try; when there are more, samples stay merged in memory instead. */
  maxPending?: number;
  onFailure?: (error: unknown) => void;
}

const seriesPerBatch = 1000;
const charactersPerBatch = 180_000;

/**
 * Sends what `Metrics` gathered every few seconds, with a heartbeat. Nothing here is awaited by a request: a sink that
 * fails or hangs costs a bounded number of kept batches, after which samples go on merging in memory (time resolution is
 * lost, counts are not) until the sink answers again. A batch that the sink refuses for good is dropped and counted in
 * `MetricBatchesDropped`: it must not keep back those behind it.
 */
export class MetricsFlusher {
  private readonly pending: MetricBatch[] = [];
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private failing = false;

  constructor(
    private readonly metrics: Metrics,
    private readonly sink: MetricSink,
    private readonly options: MetricsFlusherOptions,
  ) {}

  start(): void {
    this.timer ??= setInterval(() => void this.flush(), (this.options.intervalSeconds ?? 10) * 1000).unref();
  }

  /** Stops the timer and sends what is left, once. Never throws; ends within two send timeouts. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.timer = undefined;
    await this.running;
    await this.flush();
  }

  /** Never throws; joins a flush that is under way. */
  flush(): Promise<void> {
    this.running ??= this.flushOnce().finally(() => (this.running = undefined));
    return this.running;
  }

  private async flushOnce(): Promise<void> {
    this.metrics.count('Heartbeat', 1, { Service: this.options.service });
    if (this.pending.length < (this.options.maxPending ?? 20)) this.pending.push(...this.batches(this.metrics.drain()));
    for (let batch = this.pending[0]; batch; batch = this.pending[0]) {
      const outcome = await this.send(batch);
      if (outcome === 'later') return;
      if (outcome === 'refused') this.metrics.count('MetricBatchesDropped');
      this.pending.shift();
    }
  }

  /** A timeout of ours, not only a signal: a sink that ignores the signal must not hold up the next flush. */
  private async send(batch: MetricBatch): Promise<'sent' | 'refused' | 'later'> {
    const timeout = AbortSignal.timeout(this.options.sendTimeoutMs ?? 5000);
    const timedOut = new Promise<never>((_, reject) => {
      timeout.addEventListener('abort', () => reject(new Error('the metric sink did not answer in time')), {
        once: true,
      });
    });
    try {
      await Promise.race([this.sink.send(batch, timeout), timedOut]);
      this.failing = false;
      return 'sent';
    } catch (error) {
      const refused = isRefusal(error);
      if (refused || !this.failing) this.options.onFailure?.(error);
      this.failing = !refused;
      return refused ? 'refused' : 'later';
    }
  }

  private batches(series: MetricSeries[]): MetricBatch[] {
    const groups: MetricSeries[][] = [];
    let characters = Infinity;
    for (const one of series) {
      const size = JSON.stringify(one).length;
      const last = groups.at(-1);
      if (!last || last.length >= seriesPerBatch || characters + size > charactersPerBatch) {
        groups.push([one]);
        characters = size;
      } else {
        last.push(one);
        characters += size;
      }
    }
    return groups.map((group) => ({ batchId: randomUUID(), service: this.options.service, series: group }));
  }
}
