import type { CircuitBreakerState } from '@stocktool/contracts';
import { BundledSource } from './bundled-source';
import type { MarketDataSource } from './market-data-source';
import type { Surroundings } from './quote-chain';
import type { MarketSettings, VendorName } from './settings';
import { VendorChain } from './vendor-chain/vendor-chain';
import type { Vendor } from './vendor-chain/vendor-link';
import { FinnhubSource } from './vendors/finnhub/finnhub-source';
import { RequestBudget } from './vendors/request-budget';
import { VendorHttp } from './vendors/vendor-http';

export interface SourceSurroundings extends Surroundings {
  /** One line for whoever reads logs at start. */
  readonly notice: (line: string) => void;
  readonly breakerChanged?: (state: CircuitBreakerState) => void;
}

const minuteMs = 60_000;

/**
 * The source that the settings name: the bundled data set, or the live vendors in their order. A vendor without its key is
 * left out, and that is said; with none left, whatever is asked is `no-source-configured`.
 */
export async function openSource(settings: MarketSettings, around: SourceSurroundings): Promise<MarketDataSource> {
  if (settings.MARKET_DATA === 'bundled') return BundledSource.open(settings.DATA_DIR);
  const vendors: Vendor[] = [];
  for (const name of settings.MARKET_DATA_VENDORS) {
    const vendor = make[name](settings, around);
    if (vendor) vendors.push(vendor);
    else around.notice(`Market data: ${name} is left out, it has no key.`);
  }
  const chain = {
    breaker: {
      failures: settings.MARKET_DATA_BREAKER_FAILURES,
      openMs: settings.MARKET_DATA_BREAKER_SECONDS * 1000,
    },
    crossCheck: {
      share: settings.MARKET_DATA_CROSS_CHECK_SHARE,
      basisPoints: settings.MARKET_DATA_DISAGREEMENT_BASIS_POINTS,
    },
  };
  return new VendorChain(vendors, chain, around, Math.random, around.breakerChanged);
}

type Maker = (settings: MarketSettings, around: SourceSurroundings) => Vendor | undefined;

const make: Readonly<Record<VendorName, Maker>> = {
  yahoo: () => undefined,
  finnhub: (settings, { clock }) => {
    const key = settings.FINNHUB_API_KEY;
    if (key === undefined) return undefined;
    const budget = new RequestBudget([{ requests: settings.FINNHUB_REQUESTS_PER_MINUTE, perMs: minuteMs }], clock);
    const http = new VendorHttp({
      vendor: 'finnhub',
      baseUrl: settings.FINNHUB_BASE_URL,
      budget,
      clock,
      timeoutMs: settings.MARKET_DATA_TIMEOUT_MS,
      headers: { 'x-finnhub-token': key },
    });
    return { source: new FinnhubSource(http, clock), budget };
  },
  'alpha-vantage': () => undefined,
};
