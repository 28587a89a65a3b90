import type { CompanyNews, MarketDataSource } from '@stocktool/market-data';
import type { Watched } from '@stocktool/portfolios';
import type { RunPlaces } from './run-places';
import { fromBehind, mayAsk } from './turn';

export interface NewsSummary {
  /** Symbols of which all sources were asked, or had been within a quarter of an hour. */
  readonly refreshed: number;
  /** Symbols of which not every source could answer. */
  readonly failed: number;
  /** No time or no budget was left for them: the next run begins with them. */
  readonly left: number;
  /** There where nothing was to do. */
  readonly skipped?: string;
}

const together = 4;
const mostTries = 3;
const placeOfRun = 'news';

/**
 * News of what users watch and the source lists, into the cache that all processes read. Each run begins where the one before
 * stopped. Called twice, it finds fresh what it has just fetched.
 */
export class RefreshNews {
  constructor(
    private readonly source: MarketDataSource,
    private readonly news: CompanyNews,
    private readonly watched: Watched,
    private readonly around: {
      readonly places: RunPlaces;
      readonly report: (symbol: string, error: unknown) => void;
    },
  ) {}

  /** Stops when no more than `reservedMs` of the time is left. */
  async run(remainingMs: () => number, reservedMs: number): Promise<NewsSummary> {
    const summary = { refreshed: 0, failed: 0, left: 0 };
    if (!this.news.isConfigured) return { ...summary, skipped: 'no source of news is configured' };
    const { places } = this.around;
    const symbols = fromBehind(await this.everySymbol(), await places.get(placeOfRun));
    let end = symbols.length;
    const turns = symbols.keys();
    const availableInMs = () => this.news.availableInMs();
    const work = async () => {
      for (const turn of turns) {
        const outcome = await this.one(symbols[turn]!, () => mayAsk(availableInMs, remainingMs, reservedMs));
        if (outcome === 'left') {
          end = Math.min(end, turn);
          return;
        }
        summary[outcome] += 1;
      }
    };
    await Promise.all(Array.from({ length: together }, work));
    if (end > 0) await places.put(placeOfRun, end < symbols.length ? symbols[end - 1] : undefined);
    return { ...summary, left: symbols.length - end };
  }

  private async everySymbol(): Promise<string[]> {
    const listed = this.source.provides.has('universe') ? await this.source.universe() : [];
    return [...new Set([...listed.map(({ symbol }) => symbol), ...(await this.watched.symbols())])].sort();
  }

  /** One that failed when the budget was spent meanwhile, by those beside it, is asked for again. */
  private async one(symbol: string, mayBeAsked: () => Promise<boolean>): Promise<'refreshed' | 'failed' | 'left'> {
    for (let tries = 1; tries <= mostTries; tries++) {
      if (!(await mayBeAsked())) return 'left';
      if (await this.isRefreshed(symbol)) return 'refreshed';
      if (this.news.availableInMs() === 0) break;
    }
    return 'failed';
  }

  private async isRefreshed(symbol: string): Promise<boolean> {
    try {
      return (await this.news.refresh(symbol)).length === 0;
    } catch (error) {
      this.around.report(symbol, error);
      return false;
    }
  }
}
