import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { AnalysisTable, type AnalysisState } from '@stocktool/analyses';
import { isFinished } from '@stocktool/contracts';

const soonestMs = 150;
const latestMs = 1_000;
const slowdown = 1.5;

/**
 * Follows analyses by reading their small state item: one reader of the table per analysis and process, shared by all who
 * watch it; every 150 ms after a change, then more slowly, at least every second.
 */
@Injectable()
export class AnalysisWatch {
  private readonly polls = new Map<string, Poll>();

  constructor(private readonly table: AnalysisTable) {}

  /** Each state that differs from the one before, the present one first; ends after a final one or with the signal. */
  async *states(userId: string, analysisId: string, signal: AbortSignal): AsyncGenerator<AnalysisState> {
    const key = `${userId}/${analysisId}`;
    let poll = this.polls.get(key);
    if (!poll) {
      poll = new Poll(() => this.table.state(userId, analysisId));
      this.polls.set(key, poll);
      void poll.run().finally(() => this.polls.delete(key));
    }
    yield* poll.follow(signal);
  }
}

class Poll {
  private latest: AnalysisState | undefined;
  private failure: Error | undefined;
  private readers = 0;
  private changed = Promise.withResolvers<void>();

  constructor(private readonly read: () => Promise<AnalysisState>) {}

  /** Until the analysis has ended, reading fails, or nobody follows any more. Never rejects: followers get the failure. */
  async run(): Promise<void> {
    let pauseMs = soonestMs;
    try {
      do {
        const state = await this.read();
        if (this.latest === undefined || state.revision !== this.latest.revision) {
          this.latest = state;
          pauseMs = soonestMs;
          this.announce();
        }
        if (isFinished(state.status)) return;
        await delay(pauseMs);
        pauseMs = Math.min(pauseMs * slowdown, latestMs);
      } while (this.readers > 0);
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error('reading the state failed', { cause: error });
    } finally {
      this.announce();
    }
  }

  async *follow(signal: AbortSignal): AsyncGenerator<AnalysisState> {
    const gone = Promise.withResolvers<void>();
    const leave = () => gone.resolve();
    signal.addEventListener('abort', leave, { once: true });
    this.readers++;
    try {
      let seen: AnalysisState | undefined;
      while (!signal.aborted) {
        const { changed } = this;
        if (this.latest && this.latest !== seen) {
          seen = this.latest;
          yield seen;
          if (isFinished(seen.status)) return;
        } else {
          if (this.failure) throw this.failure;
          await Promise.race([changed.promise, gone.promise]);
        }
      }
    } finally {
      this.readers--;
      signal.removeEventListener('abort', leave);
    }
  }

  private announce(): void {
    const { changed } = this;
    this.changed = Promise.withResolvers<void>();
    changed.resolve();
  }
}
