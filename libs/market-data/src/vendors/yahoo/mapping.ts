import type { CompanyProfile, Dividends, Financials, Statement, SymbolMatch } from '@stocktool/contracts';
import type { z } from 'zod';
import type { DailySeries } from '../../daily-series';
import type { SourceNews } from '../../market-data-source';
import { ownSymbol } from '../us-symbols';
import type { Chart, Figure, Profile, Search, Timeseries } from './schema';

const source = 'yahoo';

/** Yahoo quotes some exchanges in hundredths of the currency: `GBp` is a penny. */
const hundredths: Readonly<Record<string, string>> = { GBp: 'GBP', ZAc: 'ZAR', ILA: 'ILS' };
export function money(currency: string): { currency: string; unit: number } {
  const whole = hundredths[currency];
  return whole === undefined ? { currency, unit: 1 } : { currency: whole, unit: 0.01 };
}

type ChartAnswer = z.output<typeof Chart>;

const dayIn = (timeZone: string) => {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  return (instant: Date): string => format.format(instant);
};

/**
 * One row a day of the exchange, days without a price left out, of two rows for a day the later. Yahoo's prices are divided
 * by every later split and its volume multiplied: here both are as they were traded.
 */
export function series(symbol: string, { meta, quotes, events }: ChartAnswer): DailySeries {
  const { currency, unit } = money(meta.currency);
  const day = dayIn(meta.exchangeTimezoneName);
  const byDate = new Map(quotes.map((row) => [day(row.date), row]));
  const rows = [...byDate].filter(
    ([, { close, adjclose }]) => typeof close === 'number' && typeof adjclose === 'number',
  );
  rows.sort(([a], [b]) => (a < b ? -1 : 1));
  const factors = splitFactors(
    rows.map(([date]) => date),
    (events?.splits ?? []).map(({ date, numerator, denominator }) => ({
      date: day(date),
      ratio: numerator / denominator,
    })),
  );
  const column = (of: (row: ChartAnswer['quotes'][number], factor: number) => number | null | undefined) =>
    Float64Array.from(rows, ([, row], i) => of(row, factors[i]!) ?? Number.NaN);
  const traded = (value: number | null | undefined, factor: number) =>
    typeof value === 'number' ? value * factor * unit : undefined;
  return {
    symbol,
    currency,
    source,
    dates: rows.map(([date]) => date),
    columns: {
      open: column(({ open }, factor) => traded(open, factor)),
      high: column(({ high }, factor) => traded(high, factor)),
      low: column(({ low }, factor) => traded(low, factor)),
      close: column(({ close }, factor) => traded(close, factor)),
      adjClose: column(({ adjclose }) => adjclose! * unit),
      volume: column(({ volume }, factor) => (typeof volume === 'number' ? volume / factor : undefined)),
    },
  };
}

/** For each date how many of today's shares one share of that day has become. */
function splitFactors(dates: readonly string[], splits: readonly { date: string; ratio: number }[]): Float64Array {
  const factors = new Float64Array(dates.length).fill(1);
  for (const { date, ratio } of splits)
    for (let row = 0; row < dates.length && dates[row]! < date; row++) factors[row]! *= ratio;
  return factors;
}

/** Dividends as paid: Yahoo divides them by later splits as well. */
export function dividends(symbol: string, { meta, events }: ChartAnswer): Dividends {
  const { currency, unit } = money(meta.currency);
  const day = dayIn(meta.exchangeTimezoneName);
  const splits = (events?.splits ?? [])
    .map(({ date, numerator, denominator }) => ({ date: day(date), numerator, denominator }))
    .sort((a, b) => (a.date < b.date ? -1 : 1));
  const asPaid = (exDate: string, amount: number) =>
    splits
      .filter(({ date }) => date > exDate)
      .reduce((paid, { numerator, denominator }) => (paid * numerator) / denominator, amount * unit);
  const paid = (events?.dividends ?? [])
    .filter(({ amount }) => amount > 0)
    .map(({ date, amount }) => ({ exDate: day(date), amount: asPaid(day(date), amount) }))
    .sort((a, b) => (a.exDate < b.exDate ? -1 : 1));
  return { symbol, currency, source, dividends: paid, splits };
}

const kinds: Readonly<Record<string, SymbolMatch['kind'] & CompanyProfile['kind']>> = {
  EQUITY: 'stock',
  ETF: 'etf',
  INDEX: 'index',
  MUTUALFUND: 'fund',
  CURRENCY: 'currency',
  CRYPTOCURRENCY: 'crypto',
};
const kindOf = (quoteType: string) => kinds[quoteType.toUpperCase()] ?? 'other';

export function matches({ quotes }: z.output<typeof Search>): SymbolMatch[] {
  return quotes.flatMap(({ symbol: given, longname, shortname, quoteType }) => {
    const symbol = given === undefined ? undefined : ownSymbol(given);
    const name = longname ?? shortname;
    if (symbol === undefined || name === undefined || quoteType === undefined) return [];
    return [{ symbol, name, kind: kindOf(quoteType), currency: null, source, from: null, to: null }];
  });
}

export function news({ news: stories }: z.output<typeof Search>): SourceNews[] {
  return stories
    .filter(({ title, link }) => title.trim() !== '' && /^https?:\/\//.test(link))
    .map(({ uuid, title, link, publisher, providerPublishTime }) => ({
      id: `yahoo-${uuid}`,
      title: title.trim(),
      url: link,
      publisher,
      publishedAt: providerPublishTime.toISOString(),
      summary: null,
      source,
    }))
    .sort((a, b) => (a.publishedAt < b.publishedAt ? 1 : -1));
}

export function profile(
  symbol: string,
  { price, assetProfile, defaultKeyStatistics }: z.output<typeof Profile>,
  asOf: Date,
): CompanyProfile | undefined {
  const name = price.longName ?? price.shortName;
  if (name === null || name === undefined) return undefined;
  return {
    symbol,
    name,
    kind: kindOf(price.quoteType),
    exchange: price.exchangeName ?? null,
    currency: typeof price.currency === 'string' ? money(price.currency).currency : null,
    country: assetProfile?.country ?? null,
    sector: assetProfile?.sector ?? null,
    industry: assetProfile?.industry ?? null,
    website: assetProfile?.website ?? null,
    employees: assetProfile?.fullTimeEmployees ?? null,
    marketCap: price.marketCap ?? null, // in whole units also where prices are in hundredths
    sharesOutstanding: defaultKeyStatistics?.sharesOutstanding ?? null,
    description: assetProfile?.longBusinessSummary ?? null,
    asOf: asOf.toISOString(),
    source,
  };
}

export function financials(symbol: string, { timeseries }: z.output<typeof Timeseries>): Financials | undefined {
  const byPeriod = { annual: new Map<string, Figures>(), quarterly: new Map<string, Figures>() };
  let currency: string | null = null;
  for (const { name, reports } of timeseries.result) {
    const which = name.startsWith('annual') ? 'annual' : 'quarterly';
    for (const { asOfDate, currencyCode, reportedValue } of reports) {
      const figuresThen = byPeriod[which].get(asOfDate) ?? {};
      byPeriod[which].set(asOfDate, { ...figuresThen, [name.slice(which.length)]: reportedValue.raw });
      currency ??= currencyCode ?? null;
    }
  }
  if (byPeriod.annual.size === 0) return undefined;
  return { symbol, currency, source, annual: statements(byPeriod.annual), quarterly: statements(byPeriod.quarterly) };
}

type Figures = Partial<Record<Figure, number>>;

function statements(byPeriod: ReadonlyMap<string, Figures>): Statement[] {
  return [...byPeriod]
    .map(([periodEnd, figures]) => ({
      periodEnd,
      reportedAt: null,
      revenue: figures.TotalRevenue ?? null,
      grossProfit: figures.GrossProfit ?? null,
      operatingIncome: figures.OperatingIncome ?? null,
      netIncome: figures.NetIncome ?? null,
      eps: figures.DilutedEPS ?? null,
      totalAssets: figures.TotalAssets ?? null,
      totalLiabilities: figures.TotalLiabilitiesNetMinorityInterest ?? null,
      totalEquity: figures.StockholdersEquity ?? null,
      operatingCashFlow: figures.OperatingCashFlow ?? null,
      capitalExpenditure: figures.CapitalExpenditure === undefined ? null : -figures.CapitalExpenditure,
      freeCashFlow: figures.FreeCashFlow ?? null,
    }))
    .sort((a, b) => (a.periodEnd < b.periodEnd ? 1 : -1));
}
