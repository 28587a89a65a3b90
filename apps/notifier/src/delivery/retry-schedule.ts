const mostRetryAfterSeconds = 3600;
const jitter = 0.1;

/** When failed attempts are repeated: one wait per retry, each up to a tenth longer so that crowds disperse. */
export class RetrySchedule {
  constructor(
    private readonly waitSeconds: readonly number[],
    private readonly random: () => number = Math.random,
  ) {}

  /** Seconds until the attempt after this one (1 is the first), or undefined when it was the last. */
  waitAfter(attempt: number, retryAfterSeconds = 0): number | undefined {
    const wait = this.waitSeconds[attempt - 1];
    if (wait === undefined) return undefined;
    return Math.ceil(Math.max(wait * (1 + jitter * this.random()), Math.min(retryAfterSeconds, mostRetryAfterSeconds)));
  }
}
