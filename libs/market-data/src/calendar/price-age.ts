import { lastClosed, marketHours } from './exchange-calendar';

/** Sources publish a close with a delay: for that long the price of the session before still counts as the latest. */
const graceMs = 2 * 60 * 60_000;

/**
 * Whether a later session than that of a price has closed, by the sessions of the US exchanges. One instance remembers the
 * session of the latest clock it was asked about, since that changes once a day and quotes are asked for all the time.
 */
export class PriceAge {
  private fromMs = Infinity;
  private untilMs = -Infinity;
  private openedMs = 0;

  isOutdated(asOfMs: number, nowMs: number): boolean {
    const settledMs = nowMs - graceMs;
    if (settledMs < this.fromMs || settledMs >= this.untilMs) this.look(settledMs);
    return asOfMs < this.openedMs;
  }

  private look(settledMs: number): void {
    const { open, close } = lastClosed(new Date(settledMs));
    this.openedMs = open.getTime();
    this.fromMs = close.getTime();
    this.untilMs = marketHours(new Date(settledMs)).nextClose.getTime();
  }
}
