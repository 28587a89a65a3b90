import { Clock } from '@stocktool/contracts';

/** Time stands still until the test moves it. */
export class FixedClock extends Clock {
  private ms: number;

  constructor(iso: string) {
    super();
    this.ms = Date.parse(iso);
    if (Number.isNaN(this.ms)) throw new RangeError(`${iso} is no time`);
  }

  override epochMs(): number {
    return this.ms;
  }

  advance(ms: number): void {
    this.ms += ms;
  }
}
