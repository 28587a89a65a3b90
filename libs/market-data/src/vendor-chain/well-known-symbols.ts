import type { SymbolMatch } from '@stocktool/contracts';

type Kind = SymbolMatch['kind'];

/** What no vendor lists by itself: the symbols of the market summary, and those that a refresh without symbols brings up to date. */
const named: readonly (readonly [symbol: string, kind: Kind, name: string])[] = [
  ['^GSPC', 'index', 'S&P 500'],
  ['^DJI', 'index', 'Dow Jones Industrial Average'],
  ['^IXIC', 'index', 'NASDAQ Composite'],
  ['^RUT', 'index', 'Russell 2000'],
  ['^VIX', 'index', 'CBOE Volatility Index'],
  ['SPY', 'etf', 'SPDR S&P 500 ETF Trust'],
  ['QQQ', 'etf', 'Invesco QQQ Trust'],
  ['AAPL', 'stock', 'Apple'],
  ['AMD', 'stock', 'Advanced Micro Devices'],
  ['AMZN', 'stock', 'Amazon'],
  ['BAC', 'stock', 'Bank of America'],
  ['BRK-B', 'stock', 'Berkshire Hathaway'],
  ['CVX', 'stock', 'Chevron'],
  ['GE', 'stock', 'General Electric'],
  ['GOOGL', 'stock', 'Alphabet'],
  ['HD', 'stock', 'Home Depot'],
  ['IBM', 'stock', 'IBM'],
  ['JNJ', 'stock', 'Johnson & Johnson'],
  ['JPM', 'stock', 'JPMorgan Chase'],
  ['KO', 'stock', 'Coca-Cola'],
  ['LLY', 'stock', 'Eli Lilly'],
  ['META', 'stock', 'Meta Platforms'],
  ['MRK', 'stock', 'Merck'],
  ['MSFT', 'stock', 'Microsoft'],
  ['NVDA', 'stock', 'NVIDIA'],
  ['PEP', 'stock', 'PepsiCo'],
  ['PFE', 'stock', 'Pfizer'],
  ['PG', 'stock', 'Procter & Gamble'],
  ['TSLA', 'stock', 'Tesla'],
  ['UNH', 'stock', 'UnitedHealth'],
  ['WMT', 'stock', 'Walmart'],
  ['XOM', 'stock', 'Exxon Mobil'],
];

export const wellKnownSymbols: readonly SymbolMatch[] = named.map(([symbol, kind, name]) => ({
  symbol,
  name,
  kind,
  currency: 'USD',
  source: 'list',
  from: null,
  to: null,
}));
