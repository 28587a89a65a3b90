import { Problem } from '@stocktool/contracts';

/** At most `atOnce` tasks run, at most `waiting` wait, first come first served; who comes beyond is told to try again. */
export class ReadSlots {
  private free: number;
  private readonly queue: (() => void)[] = [];

  constructor(
    atOnce: number,
    private readonly waiting: number,
  ) {
    this.free = atOnce;
  }

  /** Throws Problem `dependency-unavailable` when too many wait. */
  async run<Result>(task: () => Promise<Result>): Promise<Result> {
    if (this.free > 0) this.free--;
    else if (this.queue.length < this.waiting) await new Promise<void>((resolve) => this.queue.push(resolve));
    else throw busy();
    try {
      return await task();
    } finally {
      const next = this.queue.shift(); // takes over this slot
      if (next) next();
      else this.free++;
    }
  }
}

const busy = (): Problem =>
  new Problem('dependency-unavailable', 'Too many private series are being read; try again.', { retryAfterSeconds: 2 });
