import type { Clock } from '@stocktool/contracts';
import { LiveSource } from './live-source';
import type { SourceSurroundings } from './open-source';
import type { MarketSettings, VendorName } from './settings';
import { VendorChain } from './vendor-chain/vendor-chain';
import type { Vendor } from './vendor-chain/vendor-link';
import { AlphaVantageSource } from './vendors/alpha-vantage/alpha-vantage-source';
import { FinnhubSource } from './vendors/finnhub/finnhub-source';
import { RequestBudget, type RequestLimit } from './vendors/request-budget';
import { VendorHttp } from './vendors/vendor-http';
import { YahooClient } from './vendors/yahoo/yahoo-client';
import { YahooSource } from './vendors/yahoo/yahoo-source';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** The vendors that the settings name, in their order. One without its key is left out, and that is said. */
export function openLiveSource(settings: MarketSettings, around: SourceSurroundings): LiveSource {
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
  return new LiveSource(new VendorChain(vendors, chain, around), around, around.shared);
}

type Maker = (settings: MarketSettings, around: SourceSurroundings) => Vendor | undefined;

const make: Readonly<Record<VendorName, Maker>> = {
  yahoo: (settings, { clock }) => {
    const limits = [{ requests: settings.YAHOO_REQUESTS_PER_MINUTE, perMs: minuteMs }];
    const baseUrl = settings.YAHOO_BASE_URL ?? 'https://query2.finance.yahoo.com';
    const headers = { 'user-agent': 'Mozilla/5.0 (compatible; StockTool)' };
    const { http, budget } = connection('yahoo', baseUrl, limits, settings, clock, headers);
    return { source: new YahooSource(new YahooClient(http, settings.YAHOO_BASE_URL), clock), budget };
  },
  finnhub: (settings, { clock }) => {
    const key = settings.FINNHUB_API_KEY;
    if (key === undefined) return undefined;
    const limits = [{ requests: settings.FINNHUB_REQUESTS_PER_MINUTE, perMs: minuteMs }];
    const headers = { 'x-finnhub-token': key };
    const { http, budget } = connection('finnhub', settings.FINNHUB_BASE_URL, limits, settings, clock, headers);
    return { source: new FinnhubSource(http, clock), budget };
  },
  'alpha-vantage': (settings, { clock }) => {
    const key = settings.ALPHA_VANTAGE_API_KEY;
    if (key === undefined) return undefined;
    const limits = [
      { requests: settings.ALPHA_VANTAGE_REQUESTS_PER_MINUTE, perMs: minuteMs },
      { requests: settings.ALPHA_VANTAGE_REQUESTS_PER_DAY, perMs: dayMs },
    ];
    const { http, budget } = connection('alpha-vantage', settings.ALPHA_VANTAGE_BASE_URL, limits, settings, clock);
    return { source: new AlphaVantageSource(http, key, clock), budget };
  },
};

function connection(
  vendor: VendorName,
  baseUrl: string,
  limits: readonly RequestLimit[],
  { MARKET_DATA_TIMEOUT_MS: timeoutMs, MARKET_DATA_PROCESSES: processes }: MarketSettings,
  clock: Clock,
  headers: Readonly<Record<string, string>> = {},
): { http: VendorHttp; budget: RequestBudget } {
  const share = ({ requests, perMs }: RequestLimit) => ({
    requests: Math.max(1, Math.floor(requests / processes)),
    perMs,
  });
  const budget = new RequestBudget(limits.map(share), clock);
  return { http: new VendorHttp({ vendor, baseUrl, budget, clock, timeoutMs, headers }), budget };
}
