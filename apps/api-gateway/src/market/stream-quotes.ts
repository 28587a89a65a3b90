import { Injectable } from '@nestjs/common';
import { Clock } from '@stocktool/contracts';
import { MarketData } from '@stocktool/market-data';
import type { FastifyReply } from 'fastify';
import { OpenStreams } from '../streams/open-streams';
import { QuoteEvents } from './quote-events';
import { QuoteWatch } from './quote-watch';

@Injectable()
export class StreamQuotes {
  constructor(
    private readonly market: MarketData,
    private readonly watch: QuoteWatch,
    private readonly streams: OpenStreams,
    private readonly clock: Clock,
  ) {}

  /** Refused as a whole, before the stream begins, where one of the symbols has no quote. */
  async run(
    userId: string,
    symbols: readonly string[],
    lastEventId: string | undefined,
    reply: FastifyReply,
  ): Promise<void> {
    const { errors } = await this.market.quotes(symbols, { userId });
    for (const { symbol } of errors) await this.market.quote(symbol, { userId }); // throws what it says
    await this.streams.run(userId, reply, async (stream) => {
      const events = new QuoteEvents(lastEventId, () => this.clock.epochMs());
      for await (const quote of this.watch.changes(userId, symbols, stream.closed)) {
        const event = events.next(quote);
        if (event) await stream.send(event);
      }
    });
  }
}
