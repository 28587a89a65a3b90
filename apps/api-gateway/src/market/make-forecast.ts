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
 * A second of computing: done in a thread, one after the other. That of a symbol of the market is made once for all who ask for it,
 * kept, and made again once there is a new price.
 */
@Injectable()
export class MakeForecast implements OnApplicationShutdown {
  private readonly kept = new LRUCache<string, Forecast>({ max: keptForecasts });
  private readonly underWay = new Map<string, Promise<Forecast>>();
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
    const make = async () => {
      const prices = forecastablePrices(history, days);
      return describeForecast(history, days, await this.line.run(userId, () => Promise.resolve({ prices, days })));
    };
    if (isPrivateTicker(symbol)) return make();
    const { source, rows } = history;
    const key = JSON.stringify([source, symbol, days, rows.length, rows.at(-1)]);
    return this.kept.get(key) ?? this.underWay.get(key) ?? this.once(key, make);
  }

  private once(key: string, make: () => Promise<Forecast>): Promise<Forecast> {
    const making = make()
      .then((forecast) => {
        this.kept.set(key, forecast);
        return forecast;
      })
      .finally(() => this.underWay.delete(key));
    this.underWay.set(key, making);
    return making;
  }

  onApplicationShutdown(): Promise<void> {
    return this.line.close();
  }
}
