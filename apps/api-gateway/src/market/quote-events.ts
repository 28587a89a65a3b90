import { createHash } from 'node:crypto';
import type { Quote } from '@stocktool/contracts';
import type { StreamEvent } from '../streams/event-stream';

const fingerprintLength = 6; // 36 bits: two quotes of one symbol that are taken for each other, once in 7 × 10^10

/** What makes a quote another: not its age, nor which cache had it. */
export const fingerprintOf = ({ symbol, price, previousClose, asOf, source, stale }: Quote): string =>
  createHash('sha256')
    .update(JSON.stringify([symbol, price, previousClose, asOf, source, stale]))
    .digest('base64url')
    .slice(0, fingerprintLength);

/**
 * Events of quotes for one reader. An id is a growing time in milliseconds and the fingerprints of all that the reader has
 * been told last, so that any gateway, and one started since, can go on from it.
 */
export class QuoteEvents {
  private readonly told = new Map<string, string>();
  private readonly before: ReadonlySet<string>;
  private lastMs: number;

  /** An id that is none of ours counts as none: all is told. */
  constructor(
    lastEventId: string | undefined,
    private readonly nowMs: () => number,
  ) {
    const [, ms = '0', prints = ''] = /^(\d{1,15})-([\w-]{0,300})$/.exec(lastEventId ?? '') ?? [];
    this.lastMs = Number(ms);
    this.before = new Set(prints.match(new RegExp(`.{${fingerprintLength}}`, 'g')));
  }

  /** undefined: the reader knows it. */
  next(quote: Quote): StreamEvent | undefined {
    const fingerprint = fingerprintOf(quote);
    const first = !this.told.has(quote.symbol);
    if (this.told.get(quote.symbol) === fingerprint) return undefined;
    this.told.set(quote.symbol, fingerprint);
    if (first && this.before.has(fingerprint)) return undefined;
    this.lastMs = Math.max(this.lastMs + 1, this.nowMs());
    return { id: `${this.lastMs}-${[...this.told.values()].join('')}`, event: 'quote', data: quote };
  }
}
