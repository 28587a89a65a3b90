import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { isPrivateTicker, Problem, type Quote } from '@stocktool/contracts';
import { MarketData } from '@stocktool/market-data';
import { GatewayConfig } from '../config';
import { fingerprintOf } from './quote-events';

/** A private series changes when its owner stores it again. */
const privateSlowdown = 10;
const mostWatched = 5_000;

/**
 * Follows quotes by asking the cache chain for them: one look per symbol and process, shared by all who watch it. A reader
 * that is slower than the market gets the newest of each symbol, and what came between is left out.
 */
@Injectable()
export class QuoteWatch {
  private readonly polls = new Map<string, Poll>();

  constructor(
    private readonly market: MarketData,
    private readonly config: GatewayConfig,
  ) {}

  /** The present quote of each symbol, then each that differs from the one before; ends with the signal. */
  async *changes(userId: string, symbols: readonly string[], signal: AbortSignal): AsyncGenerator<Quote> {
    const waiting = new Set<Poll>();
    let wake = Promise.withResolvers<void>();
    const notice = (poll: Poll) => {
      waiting.add(poll);
      wake.resolve();
    };
    const leave = () => wake.resolve();
    signal.addEventListener('abort', leave, { once: true });
    const followed: Poll[] = [];
    try {
      for (const symbol of new Set(symbols)) followed.push(this.follow(userId, symbol, notice));
      while (!signal.aborted) {
        const [poll] = waiting;
        if (!poll) {
          wake = Promise.withResolvers<void>();
          await wake.promise;
          continue;
        }
        waiting.delete(poll);
        yield poll.quote();
      }
    } finally {
      signal.removeEventListener('abort', leave);
      for (const poll of followed) poll.listeners.delete(notice);
    }
  }

  private follow(userId: string, symbol: string, notice: Listener): Poll {
    const own = isPrivateTicker(symbol);
    const key = own ? `${userId}/${symbol}` : symbol;
    let poll = this.polls.get(key);
    if (!poll) {
      if (this.polls.size >= mostWatched)
        throw new Problem('dependency-unavailable', 'This gateway watches no more symbols now.', {
          retryAfterSeconds: 5,
        });
      const everyMs = this.config.environment.QUOTE_STREAM_POLL_MS * (own ? privateSlowdown : 1);
      poll = new Poll(() => this.market.quote(symbol, { userId }), everyMs);
      this.polls.set(key, poll);
      poll.listeners.add(notice);
      void poll.run(() => this.polls.delete(key));
    } else {
      poll.listeners.add(notice);
      if (poll.hasQuote) notice(poll);
    }
    return poll;
  }
}

type Listener = (poll: Poll) => void;

class Poll {
  readonly listeners = new Set<Listener>();
  private latest: Quote | undefined;
  private failure: Error | undefined;

  constructor(
    private readonly read: () => Promise<Quote>,
    private readonly everyMs: number,
  ) {}

  get hasQuote(): boolean {
    return this.latest !== undefined;
  }

  /** The newest; throws once reading has failed. */
  quote(): Quote {
    if (this.failure) throw this.failure;
    return this.latest!;
  }

  /** Until reading fails or nobody listens any more. Never rejects: listeners get the failure. */
  async run(ended: () => void): Promise<void> {
    try {
      while (this.listeners.size > 0) {
        const quote = await this.read();
        const changed = this.latest === undefined || fingerprintOf(quote) !== fingerprintOf(this.latest);
        this.latest = quote;
        if (changed) this.announce();
        await delay(this.everyMs, undefined, { ref: false });
      }
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error('reading a quote failed', { cause: error });
    }
    ended();
    if (this.failure) this.announce();
  }

  private announce(): void {
    for (const listener of this.listeners) listener(this);
  }
}
