import {
  isPrivateTicker,
  Problem,
  systemClock,
  type Clock,
  type CompanyProfile,
  type Dividends,
  type Earnings,
  type Financials,
  type Holders,
  type Recommendations,
  type Statement,
} from '@stocktool/contracts';
import { dayInNewYork, endOf } from './calendar/exchange-calendar';
import type { MarketDataSource } from './market-data-source';
import { isFiledBy, isKnownBy } from './statement-dates';

/**
 * Who a company is, what it paid and what it reported, from the configured source. A private series of prices has no company.
 * With `asOf` nothing that was not known on that date passes. Throws Problem `symbol-not-found`, and `no-source-configured`
 * where nothing that is configured can answer.
 */
export class CompanyFacts {
  constructor(
    private readonly source: MarketDataSource,
    private readonly clock: Clock = systemClock,
  ) {}

  /** Sources tell what holds now: as of an earlier date only what the symbol stands for is left. */
  async profile(symbol: string, asOf?: string): Promise<CompanyProfile> {
    const profile = found(symbol, await this.ofMarket(symbol, () => this.source.profile(symbol)));
    if (asOf === undefined || dayInNewYork(new Date(profile.asOf)) <= asOf) return this.told(profile);
    await this.refuseIfLater(symbol, asOf);
    const { name, kind, currency, source } = profile;
    return this.told({ ...profile, ...nothingKnown, symbol, name, kind, currency, source }, asOf);
  }

  /** By the day that an owner of the day before is entitled; a dividend that is announced but not yet due is told too. */
  async dividends(symbol: string, asOf?: string): Promise<Dividends> {
    const all = found(symbol, await this.ofMarket(symbol, () => this.source.dividends(symbol)));
    if (asOf === undefined) return this.told(all);
    const dividends = all.dividends.filter(({ exDate }) => exDate <= asOf);
    return this.told({ ...all, dividends, splits: all.splits.filter(({ date }) => date <= asOf) }, asOf);
  }

  /** As of a date: the reports that were out. What a later report restated is not undone where a source has overwritten it. */
  async financials(symbol: string, asOf?: string): Promise<Financials> {
    const all = found(symbol, await this.ofMarket(symbol, () => this.source.financials(symbol)));
    if (asOf === undefined) return this.told(all);
    const known = (statements: Statement[]) => statements.filter((statement) => isKnownBy(statement, asOf));
    return this.told({ ...all, annual: known(all.annual), quarterly: known(all.quarterly) }, asOf);
  }

  /** As of a date: what had been announced; the days to come were not all known then. */
  async earnings(symbol: string, asOf?: string): Promise<Earnings> {
    const all = found(symbol, await this.ofMarket(symbol, () => this.source.earnings(symbol)));
    if (asOf === undefined) return this.told(all);
    return this.told({ ...all, items: all.items.filter(({ date }) => date <= asOf) }, asOf);
  }

  /** As of a date: the months that were over; sources go on counting in the current one. */
  async recommendations(symbol: string, asOf?: string): Promise<Recommendations> {
    const all = found(symbol, await this.ofMarket(symbol, () => this.source.recommendations(symbol)));
    if (asOf === undefined) return this.told(all);
    return this.told({ ...all, items: all.items.filter(({ month }) => month.slice(0, 7) < asOf.slice(0, 7)) }, asOf);
  }

  /** As of a date: what had to be filed by then. A source has only the latest filings, so that earlier dates may have none. */
  async holders(symbol: string, asOf?: string): Promise<Holders> {
    const all = found(symbol, await this.ofMarket(symbol, () => this.source.holders(symbol)));
    if (asOf === undefined) return this.told(all);
    return this.told({ ...all, items: all.items.filter(({ reportedAt }) => isFiledBy(reportedAt, asOf)) }, asOf);
  }

  /** A source without caches knows it now, and is asked each time. */
  private told<Answer extends { asOf?: string | undefined; cache?: CompanyProfile['cache'] }>(
    answer: Answer,
    atMost?: string,
  ): Answer & { asOf: string } {
    const foundOut = answer.asOf ?? this.source.now().toISOString();
    const end = atMost === undefined ? foundOut : endOf(atMost).toISOString();
    const asOf = foundOut < end ? foundOut : end;
    const ageSeconds = Math.max(0, Math.floor((this.clock.epochMs() - Date.parse(asOf)) / 1000));
    return { ...answer, asOf, ageSeconds, cache: answer.cache ?? 'origin' };
  }

  private ofMarket<Answer>(symbol: string, ask: () => Promise<Answer | undefined>): Promise<Answer | undefined> {
    return isPrivateTicker(symbol) ? Promise.resolve(undefined) : ask();
  }

  /** A symbol that had no price yet was not there; a source without prices cannot tell. */
  private async refuseIfLater(symbol: string, asOf: string): Promise<void> {
    if (!this.source.provides.has('coverage')) return;
    const coverage = await this.source.coverage(symbol);
    if (coverage && coverage.from > asOf) throw unknownCompany(symbol);
  }
}

const nothingKnown = {
  exchange: null,
  country: null,
  sector: null,
  industry: null,
  website: null,
  employees: null,
  marketCap: null,
  sharesOutstanding: null,
  description: null,
} as const;

function found<Answer>(symbol: string, answer: Answer | undefined): Answer {
  if (answer === undefined) throw unknownCompany(symbol);
  return answer;
}

const unknownCompany = (symbol: string): Problem =>
  new Problem(
    'symbol-not-found',
    isPrivateTicker(symbol) ? `${symbol} names a private series of prices.` : `There is no symbol ${symbol}.`,
  );
