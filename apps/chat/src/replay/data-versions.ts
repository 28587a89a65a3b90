import type { DataVersion } from '@stocktool/contracts';
import type { KnowledgeSearch } from '@stocktool/knowledge';
import type { MarketDataSource, PriceSeriesStore } from '@stocktool/market-data';

export interface AskedOf {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export const [pagesSource, documentsSource] = ['built-in pages', 'your documents'] as const;
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
  ) {}

  /** Of what these calls read. */
  async of(userId: string, calls: readonly AskedOf[]): Promise<DataVersion[]> {
    const [searches, others] = [calls.filter(isSearch), calls.filter((call) => !isSearch(call))];
    const [known, own] = await Promise.all([
      searches.length > 0 ? this.knowledge.versions(userId) : undefined,
      this.ofSeries(userId, others),
    ]);
    const { name, mode, version } = this.source;
    return [
      ...(others.length > 0 ? [{ source: name, version, live: mode === 'live' }] : []),
      ...own,
      ...(known
        ? [
            { source: pagesSource, version: known.pages, live: false },
            { source: documentsSource, version: known.documents, live: false },
          ]
        : []),
    ];
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
