import { Injectable } from '@nestjs/common';
import { barsOf, indicatorConventions, indicatorsOf } from '@stocktool/analytics';
import type { Indicators, IndicatorsQuery } from '@stocktool/contracts';
import { MarketData } from '@stocktool/market-data';

@Injectable()
export class ComputeIndicators {
  constructor(private readonly market: MarketData) {}

  /** From all prices known up to `to`, so that the first values shown are warmed up: a few milliseconds of work, done here. */
  async run(userId: string, symbol: string, { names, from, to, asOf }: IndicatorsQuery): Promise<Indicators> {
    const history = await this.market.history(symbol, { userId, asOf, to, interval: '1d', adjusted: true });
    const kinds = new Set(['prices', 'warmUp', ...names.map((name) => name.split(':')[0]!)]);
    return {
      symbol,
      currency: history.currency,
      source: history.source,
      ...indicatorsOf(barsOf(history), names, { from, to }),
      conventions: Object.fromEntries(Object.entries(indicatorConventions).filter(([kind]) => kinds.has(kind))),
    };
  }
}
