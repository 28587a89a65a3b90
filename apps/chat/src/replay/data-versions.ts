import { createHash } from 'node:crypto';
import type { DataVersion } from '@stocktool/contracts';
import type { KnowledgeSearch } from '@stocktool/knowledge';
import type { MarketDataSource, PriceSeriesStore } from '@stocktool/market-data';
import type { PortfolioStore, WatchlistTable } from '@stocktool/portfolios';

export interface AskedOf {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export const [pagesSource, documentsSource, portfoliosSource] = ['built-in pages', 'your documents', 'your portfolios'] as const; // prettier-ignore
const mostSeries = 20;

/** Private series that the arguments of a call name. */
export const privateSymbolsIn = (args: AskedOf['arguments']): string[] =>
  [...JSON.stringify(args).matchAll(/"(~[A-Z0-9.=_-]+)"/g)].map(([, symbol = '']) => symbol);

/** Which versions of the data answer tool calls, at this moment. */
export class DataVersions {
  constructor(
    private readonly source: Pick<MarketDataSource, 'name' | 'mode' | 'version'>,
    private readonly series: Pick<PriceSeriesStore, 'version'>,
    private readonly knowledge: Pick<KnowledgeSearch, 'versions'>,
    private readonly portfolios: Pick<PortfolioStore, 'all'>,
    private readonly watchlists: Pick<WatchlistTable, 'all'>,
  ) {}

  /** Of what these calls read. */
  async of(userId: string, calls: readonly AskedOf[]): Promise<DataVersion[]> {
    const [searches, others] = [calls.filter(isSearch), calls.filter((call) => !isSearch(call))];
    const [known, own, kept] = await Promise.all([
      searches.length > 0 ? this.knowledge.versions(userId) : undefined,
      this.ofSeries(userId, others),
      calls.some(readsPortfolios) ? this.ofPortfolios(userId) : [],
    ]);
    const { name, mode, version } = this.source;
    return [
      ...(others.length > 0 ? [{ source: name, version, live: mode === 'live' }] : []),
      ...own,
      ...kept,
      ...(known
        ? [
            { source: pagesSource, version: known.pages, live: false },
            { source: documentsSource, version: known.documents, live: false },
          ]
        : []),
    ];
  }

  /** Of every portfolio and watchlist: which of them a call reads is known to its tool alone. */
  private async ofPortfolios(userId: string): Promise<DataVersion[]> {
    const hash = createHash('sha256');
    for await (const { id, revision } of this.portfolios.all(userId)) hash.update(`${id}@${revision};`);
    for await (const { id, revision } of this.watchlists.all(userId)) hash.update(`${id}@${revision};`);
    return [{ source: portfoliosSource, version: hash.digest('hex'), live: false }];
  }

  private async ofSeries(userId: string, calls: readonly AskedOf[]): Promise<DataVersion[]> {
    const symbols = [...new Set(calls.flatMap((call) => privateSymbolsIn(call.arguments)))].slice(0, mostSeries);
    const versions = symbols.map(async (symbol) => {
      const version = (await this.series.version(userId, symbol.slice(1))) ?? 'none';
      return { source: symbol, version, live: false };
    });
    return Promise.all(versions);
  }
}

export const isSearch = ({ name }: Pick<AskedOf, 'name'>): boolean => name === 'search_knowledge';

/** What the user keeps, rather than holdings that were said. */
export const readsPortfolios = ({ name, arguments: args }: AskedOf): boolean =>
  name === 'get_my_portfolios' ||
  ((name === 'what_if' || name === 'optimize_portfolio') && !('holdings' in args) && !('symbols' in args));
