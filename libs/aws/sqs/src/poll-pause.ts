import { setTimeout as delay } from 'node:timers/promises';

const firstPauseMs = 500;
const longestPauseMs = 20_000;

/** The wait before the next receive while receiving fails: doubles up to 20 s, with jitter, and ends with a success. */
export class PollPause {
  private failures = 0;

  lengthen(): void {
    this.failures += 1;
  }

  end(): void {
    this.failures = 0;
  }

  async wait(signal: AbortSignal): Promise<void> {
    if (this.failures === 0) return;
    const longest = Math.min(longestPauseMs, firstPauseMs * 2 ** (this.failures - 1));
    await delay(longest * (0.5 + Math.random() / 2), undefined, { signal, ref: false }).catch(() => undefined);
  }
}
