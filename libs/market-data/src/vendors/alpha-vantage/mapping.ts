import { createHash } from 'node:crypto';
import type { CompanyProfile, Earnings, Financials, Statement, SymbolMatch } from '@stocktool/contracts';
import type { z } from 'zod';
import type { DailySeries } from '../../daily-series';
import type { SourceNews } from '../../market-data-source';
import { ownSymbol } from '../us-symbols';
import type {
  BalanceSheet,
  CashFlow,
  DailyAdjusted,
  EarningsList,
  IncomeStatement,
  NewsFeed,
  Overview,
  SymbolSearch,
} from './schema';

const source = 'alpha-vantage';

/** Prices as they were traded, newest first in the answer. */
export function series(symbol: string, answer: z.output<typeof DailyAdjusted>): DailySeries {
  const days = Object.entries(answer['Time Series (Daily)']).sort(([a], [b]) => (a < b ? -1 : 1));
  const column = (name: keyof (typeof days)[number][1]) => Float64Array.from(days, ([, day]) => day[name]);
  return {
    symbol,
    currency: 'USD',
    source,
    dates: days.map(([date]) => date),
    columns: {
      open: column('1. open'),
      high: column('2. high'),
      low: column('3. low'),
      close: column('4. close'),
      adjClose: column('5. adjusted close'),
      volume: column('6. volume'),
    },
  };
}

const kinds: Readonly<Record<string, SymbolMatch['kind']>> = { Equity: 'stock', ETF: 'etf', 'Mutual Fund': 'fund' };

export function matches({ bestMatches }: z.output<typeof SymbolSearch>): SymbolMatch[] {
  return bestMatches.flatMap((match) => {
    const symbol = ownSymbol(match['1. symbol']);
    if (symbol === undefined) return [];
    const kind = kinds[match['3. type']] ?? 'other';
    return [{ symbol, name: match['2. name'], kind, currency: match['8. currency'], source, from: null, to: null }];
  });
}

export function profile(symbol: string, name: string, facts: z.output<typeof Overview>, asOf: Date): CompanyProfile {
  return {
    symbol,
    name,
    kind: facts.AssetType === 'ETF' ? 'etf' : 'stock',
    exchange: facts.Exchange ?? null,
    currency: facts.Currency ?? null,
    country: facts.Country ?? null,
    sector: facts.Sector ?? null,
    industry: facts.Industry ?? null,
    website: facts.OfficialSite ?? null,
    employees: null,
    marketCap: facts.MarketCapitalization ?? null,
    sharesOutstanding: facts.SharesOutstanding ?? null,
    description: facts.Description ?? null,
    asOf: asOf.toISOString(),
    source,
  };
}

interface Statements {
  readonly income: z.output<typeof IncomeStatement>;
  readonly balance: z.output<typeof BalanceSheet>;
  readonly cash: z.output<typeof CashFlow>;
}

/** Three answers brought together by the end of the period; what one of them lacks is null. */
export function financials(symbol: string, { income, balance, cash }: Statements): Financials {
  const together = (which: 'annualReports' | 'quarterlyReports'): Statement[] => {
    const balances = new Map(balance[which].map((report) => [report.fiscalDateEnding, report]));
    const flows = new Map(cash[which].map((report) => [report.fiscalDateEnding, report]));
    return income[which]
      .map((report) => statement(report, balances.get(report.fiscalDateEnding), flows.get(report.fiscalDateEnding)))
      .sort((a, b) => (a.periodEnd < b.periodEnd ? 1 : -1));
  };
  return {
    symbol,
    currency: income.annualReports[0]?.reportedCurrency ?? null,
    source,
    annual: together('annualReports'),
    quarterly: together('quarterlyReports'),
  };
}

function statement(
  report: Statements['income']['annualReports'][number],
  balance: Statements['balance']['annualReports'][number] | undefined,
  cash: Statements['cash']['annualReports'][number] | undefined,
): Statement {
  const operatingCashFlow = cash?.operatingCashflow ?? null;
  const capitalExpenditure = cash?.capitalExpenditures ?? null;
  return {
    periodEnd: report.fiscalDateEnding,
    reportedAt: null,
    revenue: report.totalRevenue,
    grossProfit: report.grossProfit,
    operatingIncome: report.operatingIncome,
    netIncome: report.netIncome,
    eps: null,
    totalAssets: balance?.totalAssets ?? null,
    totalLiabilities: balance?.totalLiabilities ?? null,
    totalEquity: balance?.totalShareholderEquity ?? null,
    operatingCashFlow,
    capitalExpenditure,
    freeCashFlow:
      operatingCashFlow === null || capitalExpenditure === null ? null : operatingCashFlow - capitalExpenditure,
  };
}

export function earnings(symbol: string, { quarterlyEarnings }: z.output<typeof EarningsList>): Earnings {
  const items = quarterlyEarnings.flatMap(({ reportedDate, reportedEPS, estimatedEPS, surprisePercentage }) =>
    reportedDate === null
      ? []
      : [
          {
            date: reportedDate,
            epsEstimate: estimatedEPS,
            epsActual: reportedEPS,
            surprisePercent: surprisePercentage,
          },
        ],
  );
  return { symbol, source, items: items.sort((a, b) => (a.date < b.date ? 1 : -1)) };
}

/** It numbers no stories: the id is made from the address. */
export function news({ feed }: z.output<typeof NewsFeed>): SourceNews[] {
  return feed
    .filter(({ title, url }) => title.trim() !== '' && /^https?:\/\//.test(url))
    .map(({ title, url, source: publisher, time_published: time, summary }) => ({
      id: `alpha-vantage-${createHash('sha256').update(url).digest('hex').slice(0, 16)}`,
      title: title.trim(),
      url,
      publisher,
      publishedAt: instantOf(time),
      summary: summary.trim() === '' ? null : summary.trim(),
      source,
    }))
    .sort((a, b) => (a.publishedAt < b.publishedAt ? 1 : -1));
}

/** `20241122T140000`, UTC. */
const instantOf = (time: string): string =>
  `${time.slice(0, 4)}-${time.slice(4, 6)}-${time.slice(6, 8)}T${time.slice(9, 11)}:${time.slice(11, 13)}:${time.slice(13, 15) || '00'}.000Z`;
