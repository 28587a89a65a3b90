import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { describeForecast, forecastablePrices, type PriceForecast } from '@stocktool/analytics';
import { startThread, ThreadLine } from '@stocktool/bootstrap';
import { isPrivateTicker, type Forecast, type ForecastQuery } from '@stocktool/contracts';
import { MarketData } from '@stocktool/market-data';
import { LRUCache } from 'lru-cache';

export interface ForecastJob {
  readonly prices: Float64Array;
  readonly days: number;
}

const keptForecasts = 500;
const resourceLimits = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 96 };

/**
 * A second of computing: done in a thread, one after the other. That of a symbol of the market is kept, and made again once
 * there is a new price.
 */
@Injectable()
export class MakeForecast implements OnApplicationShutdown {
  private readonly kept = new LRUCache<string, Forecast>({ max: keptForecasts });
  private readonly line = new ThreadLine<ForecastJob, PriceForecast>({
    what: 'a forecast',
    mostWaiting: 16,
    mostOfOneUser: 4,
    timeoutMs: 20_000,
    idleMs: 30_000,
    start: () => startThread('forecast', import.meta.url, resourceLimits),
  });

  constructor(private readonly market: MarketData) {}

  async run(userId: string, symbol: string, { days, asOf }: ForecastQuery): Promise<Forecast> {
    const history = await this.market.history(symbol, { userId, asOf, interval: '1d', adjusted: true });
    const prices = forecastablePrices(history, days);
    const { source, rows } = history;
    const key = JSON.stringify([source, symbol, days, rows.length, rows.at(-1)]);
    const known = isPrivateTicker(symbol) ? undefined : this.kept.get(key);
    if (known) return known;
    const found = await this.line.run(userId, () => Promise.resolve({ prices, days }));
    const forecast = describeForecast(history, days, found);
    if (!isPrivateTicker(symbol)) this.kept.set(key, forecast);
    return forecast;
  }

  onApplicationShutdown(): Promise<void> {
    return this.line.close();
  }
}
