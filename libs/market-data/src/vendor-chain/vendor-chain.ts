import {
  Problem,
  type CircuitBreakerState,
  type Clock,
  type CompanyProfile,
  type Dividends,
  type Earnings,
  type Financials,
  type Holders,
  type Recommendations,
  type SymbolMatch,
} from '@stocktool/contracts';
import { coverageOf, type DailySeries } from '../daily-series';
import {
  MarketDataSource,
  type Capability,
  type Coverage,
  type DateRange,
  type QuoteOutcomes,
  type SourceNews,
  type SourceQuote,
} from '../market-data-source';
import type { Surroundings } from '../quote-chain';
import { VendorFailure, type FailureKind } from '../vendors/vendor-failure';
import type { BreakerSettings } from './circuit';
import { differenceInBasisPoints, type CrossCheckSettings } from './cross-check';
import { soundNews, soundQuote, soundSeries } from './soundness';
import { VendorLink, type Vendor } from './vendor-link';
import { wellKnownSymbols } from './well-known-symbols';

export interface ChainSettings {
  readonly breaker: BreakerSettings;
  readonly crossCheck: CrossCheckSettings;
}

/** The other vendor's budget is for answers first. */
const budgetKeptForAnswers = 0.5;
const retryAfterSeconds = 30;
/** Nothing went wrong just now. */
const notAsked: ReadonlySet<FailureKind> = new Set(['out-of-budget', 'not-entitled', 'passed-over']);

/**
 * The live vendors in the order of preference: the first that can answer does, and each answer names it as its source. A
 * vendor that is unreachable, tells nonsense, is out of budget or lacks the data is passed over. "Unknown" is believed
 * only where every vendor that was preferred could be asked. Whatever arrives is checked before anybody sees it.
 */
export class VendorChain extends MarketDataSource {
  readonly name = 'live';
  readonly mode = 'live';
  readonly provides: ReadonlySet<Capability>;
  /** Of the vendor that is asked first. */
  override readonly quotesPerRequest: number;
  private readonly links: readonly VendorLink[];
  private readonly clock: Clock;

  constructor(
    vendors: readonly Vendor[],
    private readonly settings: ChainSettings,
    private readonly surroundings: Surroundings,
    private readonly random: () => number = Math.random,
  ) {
    super();
    this.clock = surroundings.clock;
    this.links = vendors.map((vendor) => new VendorLink(vendor, settings.breaker, this.clock));
    const provided = vendors.flatMap(({ source }) => [...source.provides]);
    this.quotesPerRequest = vendors.find(({ source }) => source.provides.has('quote'))?.source.quotesPerRequest ?? 1;
    if (provided.includes('history')) provided.push('coverage');
    this.provides = new Set<Capability>([...provided, 'universe']);
  }

  override now(): Date {
    return this.clock.now();
  }

  override accepts(source: string): boolean {
    return this.links.some(({ name }) => name === source);
  }

  override availableInMs(capability: Capability): number {
    const able = this.links.filter(({ vendor }) => vendor.source.provides.has(capability));
    return able.length === 0 ? 0 : Math.min(...able.map(({ vendor }) => vendor.budget.availableInMs()));
  }

  breakers(): CircuitBreakerState[] {
    return this.links.map((link) => link.state());
  }

  override async quote(symbol: string): Promise<SourceQuote | undefined> {
    const outcome = (await this.quotes([symbol])).get(symbol);
    if (outcome instanceof Error) throw outcome;
    return outcome;
  }

  /** Vendor after vendor, each asked for what is still open, in as few requests as it can do with. */
  override async quotes(symbols: readonly string[]): Promise<QuoteOutcomes> {
    const able = this.ableTo('quote');
    const outcomes = new Map<string, SourceQuote | Error>();
    const unknown = new Set<string>();
    const failed = new Set<string>();
    for (const link of able) {
      const open = [...new Set(symbols)].filter((symbol) => !outcomes.has(symbol));
      const groups = inGroups(open, link.vendor.source.quotesPerRequest);
      const perGroup = await Promise.all(groups.map((group) => this.quotesFrom(link, group)));
      const answers = new Map(perGroup.flatMap((answered) => [...answered]));
      for (const symbol of open) {
        const answer = answers.get(symbol);
        if (answer instanceof Error) failed.add(symbol);
        else if (answer) outcomes.set(symbol, answer);
        else if (!failed.has(symbol)) unknown.add(symbol);
      }
    }
    for (const symbol of failed) if (!outcomes.has(symbol) && !unknown.has(symbol)) outcomes.set(symbol, unavailable());
    return this.allCrossChecked(outcomes);
  }

  override history(symbol: string, range?: DateRange): Promise<DailySeries | undefined> {
    return this.firstAnswer('history', async (source) => {
      const series = await source.history(symbol, range);
      return series && soundSeries(series, symbol, this.now());
    });
  }

  override async coverage(symbol: string): Promise<Coverage | undefined> {
    const series = await this.history(symbol);
    return series && series.dates.length > 0 ? coverageOf(series) : undefined;
  }

  override async search(query: string, limit: number): Promise<SymbolMatch[]> {
    return (await this.firstAnswer('search', (source) => source.search(query, limit))) ?? [];
  }

  /** No vendor lists what it has: a list of our own. */
  override universe(): Promise<SymbolMatch[]> {
    return Promise.resolve([...wellKnownSymbols]);
  }

  override profile(symbol: string): Promise<CompanyProfile | undefined> {
    return this.firstAnswer('profile', (source) => source.profile(symbol));
  }

  override dividends(symbol: string): Promise<Dividends | undefined> {
    return this.firstAnswer('dividends', (source) => source.dividends(symbol));
  }

  override financials(symbol: string): Promise<Financials | undefined> {
    return this.firstAnswer('financials', (source) => source.financials(symbol));
  }

  override earnings(symbol: string): Promise<Earnings | undefined> {
    return this.firstAnswer('earnings', (source) => source.earnings(symbol));
  }

  override recommendations(symbol: string): Promise<Recommendations | undefined> {
    return this.firstAnswer('recommendations', (source) => source.recommendations(symbol));
  }

  override holders(symbol: string): Promise<Holders | undefined> {
    return this.firstAnswer('holders', (source) => source.holders(symbol));
  }

  override news(symbol: string): Promise<SourceNews[] | undefined> {
    return this.firstAnswer('news', async (source) => {
      const stories = await source.news(symbol);
      return stories && soundNews(stories, this.now());
    });
  }

  private async firstAnswer<Answer>(
    capability: Capability,
    call: (source: MarketDataSource) => Promise<Answer | undefined>,
  ): Promise<Answer | undefined> {
    const able = this.ableTo(capability);
    let failed = false;
    let unknown = false;
    for (const link of able) {
      try {
        const answer = await link.ask(capability, call);
        if (answer !== undefined) return answer;
        unknown ||= !failed;
      } catch (error) {
        this.failedAt(link, error, capability);
        failed = true;
      }
    }
    if (unknown) return undefined;
    throw unavailable();
  }

  private ableTo(capability: Capability): VendorLink[] {
    const able = this.links.filter(({ vendor }) => vendor.source.provides.has(capability));
    if (able.length > 0) return able;
    throw new Problem('no-source-configured', `No configured vendor of market data has ${capability}.`);
  }

  /** One request. The breaker counts it once: as failed where nothing came of it, however many symbols it named. */
  private async quotesFrom(link: VendorLink, symbols: readonly string[]): Promise<QuoteOutcomes> {
    try {
      const answers = await link.ask('quote', async (source) => {
        const checked = this.soundQuotes(await source.quotes(symbols));
        const faults = [...checked.values()].filter((answer) => answer instanceof Error);
        if (faults[0] && faults.length === symbols.length) throw faults[0];
        return checked;
      });
      for (const answer of answers.values()) if (answer instanceof Error) this.failedAt(link, answer, 'quote');
      return answers;
    } catch (error) {
      this.failedAt(link, error, 'quote');
      return new Map(symbols.map((symbol) => [symbol, unavailable()]));
    }
  }

  private soundQuotes(answers: QuoteOutcomes): QuoteOutcomes {
    const now = this.now();
    const sound = (answer: SourceQuote, symbol: string): SourceQuote | Error => {
      try {
        return soundQuote(answer, symbol, now);
      } catch (error) {
        if (error instanceof VendorFailure) return error;
        throw error;
      }
    };
    return new Map(
      [...answers].map(([symbol, answer]) => [symbol, answer instanceof Error ? answer : sound(answer, symbol)]),
    );
  }

  /** What is no vendor's failure is a bug: reported as one, and the next vendor is asked all the same. */
  private failedAt(link: VendorLink, error: unknown, capability: Capability): void {
    if (error instanceof VendorFailure && notAsked.has(error.kind)) return;
    this.surroundings.metrics.count('VendorFailures', 1, { Vendor: link.name });
    this.surroundings.report(error, `asking ${link.name} for ${capability}`);
  }

  private async allCrossChecked(outcomes: QuoteOutcomes): Promise<QuoteOutcomes> {
    const check = async ([symbol, outcome]: [string, SourceQuote | Error]): Promise<[string, SourceQuote | Error]> => [
      symbol,
      outcome instanceof Error ? outcome : await this.crossChecked(outcome),
    ];
    return new Map(await Promise.all([...outcomes].map(check)));
  }

  private async soundQuoteOf(source: MarketDataSource, symbol: string): Promise<SourceQuote | undefined> {
    const quote = await source.quote(symbol);
    return quote && soundQuote(quote, symbol, this.now());
  }

  /** A sample of quotes is asked of a second vendor, where its budget allows; what fails there changes nothing. */
  private async crossChecked(quote: SourceQuote): Promise<SourceQuote> {
    const { share, basisPoints } = this.settings.crossCheck;
    if (this.random() >= share) return quote;
    const other = this.links.find(
      ({ name, vendor }) =>
        name !== quote.source && vendor.source.provides.has('quote') && vendor.budget.left() > budgetKeptForAnswers,
    );
    if (!other) return quote;
    try {
      const second = await other.ask('quote', (source) => this.soundQuoteOf(source, quote.symbol));
      const apart = second && differenceInBasisPoints(quote, second);
      if (second === undefined || apart === undefined || apart <= basisPoints) return quote;
      this.surroundings.metrics.count('VendorDisagreements');
      return { ...quote, disagreement: { source: second.source, price: second.price, basisPoints: apart } };
    } catch (error) {
      this.failedAt(other, error, 'quote');
      return quote;
    }
  }
}

const unavailable = (): Problem =>
  new Problem('market-data-unavailable', 'No vendor of market data can answer at present.', { retryAfterSeconds });

function inGroups<Item>(items: readonly Item[], size: number): Item[][] {
  const groups: Item[][] = [];
  for (let start = 0; start < items.length; start += size) groups.push(items.slice(start, start + size));
  return groups;
}
