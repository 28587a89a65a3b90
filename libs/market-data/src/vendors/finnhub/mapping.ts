import type { CompanyProfile, Earnings, Financials, Statement, SymbolMatch } from '@stocktool/contracts';
import type { z } from 'zod';
import type { SourceNews } from '../../market-data-source';
import { ownSymbol } from '../us-symbols';
import type { CompanyNews, EarningsCalendar, FinancialsReported, Profile, SymbolLookup } from './schema';

const source = 'finnhub';
const million = 1e6;

const kinds: Readonly<Record<string, SymbolMatch['kind']>> = {
  'Common Stock': 'stock',
  ADR: 'stock',
  REIT: 'stock',
  ETP: 'etf',
  'Open-End Fund': 'fund',
  'Closed-End Fund': 'fund',
};

export function matches({ result }: z.output<typeof SymbolLookup>): SymbolMatch[] {
  return result.flatMap(({ symbol, description, type }) => {
    const own = ownSymbol(symbol);
    if (own === undefined) return [];
    return [
      { symbol: own, name: description, kind: kinds[type] ?? 'other', currency: null, source, from: null, to: null },
    ];
  });
}

export function profile(
  symbol: string,
  name: string,
  {
    country,
    currency,
    exchange,
    finnhubIndustry,
    marketCapitalization,
    shareOutstanding,
    weburl,
  }: z.output<typeof Profile>,
  asOf: Date,
): CompanyProfile {
  return {
    symbol,
    name,
    kind: 'stock',
    exchange: text(exchange),
    currency: text(currency),
    country: text(country),
    sector: null,
    industry: text(finnhubIndustry),
    website: text(weburl),
    employees: null,
    marketCap: inMillions(marketCapitalization),
    sharesOutstanding: inMillions(shareOutstanding),
    description: null,
    asOf: asOf.toISOString(),
    source,
  };
}

const text = (value: string | undefined): string | null => (value === undefined || value === '' ? null : value);
const inMillions = (value: number | undefined): number | null => (value === undefined ? null : value * million);

/** What has no title or no web address is no story. */
export function news(stories: z.output<typeof CompanyNews>): SourceNews[] {
  return stories
    .filter(({ headline, url }) => headline.trim() !== '' && /^https?:\/\//.test(url))
    .map(({ id, headline, url, source: publisher, datetime, summary }) => ({
      id: `finnhub-${id}`,
      title: headline.trim(),
      url,
      publisher,
      publishedAt: new Date(datetime * 1000).toISOString(),
      summary: text(summary.trim()),
      source,
    }))
    .sort((a, b) => (a.publishedAt < b.publishedAt ? 1 : -1));
}

export function earnings(symbol: string, { earningsCalendar }: z.output<typeof EarningsCalendar>): Earnings {
  const items = earningsCalendar.map(({ date, epsActual, epsEstimate }) => ({
    date,
    epsActual,
    epsEstimate,
    surprisePercent: surprise(epsActual, epsEstimate),
  }));
  return { symbol, source, items: items.sort((a, b) => (a.date < b.date ? 1 : -1)) };
}

function surprise(actual: number | null, estimate: number | null): number | null {
  return actual === null || estimate === null || estimate === 0
    ? null
    : ((actual - estimate) / Math.abs(estimate)) * 100;
}

type Report = z.output<typeof FinancialsReported>['data'][number];

/**
 * Annual reports by their US GAAP concepts, the first of a list that a report has. Quarterly ones are left out: their cash
 * flows are of the year so far, and nothing in the answer tells the two apart.
 */
export function financials(symbol: string, { data }: z.output<typeof FinancialsReported>): Financials {
  const annual = data.filter(({ form }) => /^(10-K|20-F|40-F)/.test(form)).map(statement);
  annual.sort((a, b) => (a.periodEnd < b.periodEnd ? 1 : -1));
  return { symbol, currency: currencyOf(data), source, annual, quarterly: [] };
}

function statement({ endDate, filedDate, report }: Report): Statement {
  const { bs, ic, cf } = report;
  const operatingCashFlow = first(cf, 'NetCashProvidedByUsedInOperatingActivities');
  const capitalExpenditure = first(
    cf,
    'PaymentsToAcquirePropertyPlantAndEquipment',
    'PaymentsToAcquireProductiveAssets',
  );
  return {
    periodEnd: endDate.slice(0, 10),
    reportedAt: filedDate.slice(0, 10),
    revenue: first(ic, 'RevenueFromContractWithCustomerExcludingAssessedTax', 'Revenues', 'SalesRevenueNet'),
    grossProfit: first(ic, 'GrossProfit'),
    operatingIncome: first(ic, 'OperatingIncomeLoss'),
    netIncome: first(ic, 'NetIncomeLoss', 'ProfitLoss'),
    eps: first(ic, 'EarningsPerShareDiluted', 'EarningsPerShareBasicAndDiluted'),
    totalAssets: first(bs, 'Assets'),
    totalLiabilities: first(bs, 'Liabilities'),
    totalEquity: first(
      bs,
      'StockholdersEquity',
      'StockholdersEquityIncludingPortionAttributableToNoncontrollingInterest',
    ),
    operatingCashFlow,
    capitalExpenditure,
    freeCashFlow:
      operatingCashFlow === null || capitalExpenditure === null ? null : operatingCashFlow - capitalExpenditure,
  };
}

function first(items: Report['report']['bs'], ...concepts: readonly string[]): number | null {
  for (const concept of concepts) {
    const item = items.find((each) => each.concept === `us-gaap_${concept}`);
    if (typeof item?.value === 'number' && Number.isFinite(item.value)) return item.value;
  }
  return null;
}

/** The unit that most of its amounts are in: `usd`, `usd/shares` for what is for one share. */
function currencyOf(data: readonly Report[]): string | null {
  const unit = data[0]?.report.bs.find(({ unit: each }) => /^[a-z]{3}$/i.test(each))?.unit;
  return unit?.toUpperCase() ?? null;
}
