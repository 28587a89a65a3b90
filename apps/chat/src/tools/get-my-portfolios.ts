import { Problem, type ChatToolArguments, type ChatToolResult, type Quote } from '@stocktool/contracts';
import type { MarketData } from '@stocktool/market-data';
import type { HeldPortfolios, PortfolioStore, WatchlistTable } from '@stocktool/portfolios';
import { latestKnown, Tool, type ToolContext } from './tool';

type Result = ChatToolResult<'get_my_portfolios'>;
type Portfolio = Result['portfolios'][number];
type Held = Pick<Portfolio, 'name' | 'currency' | 'holdingsFrom' | 'notes'> & {
  readonly holdings: readonly { symbol: string; quantity: number; cost?: number | undefined }[];
};

const mostLists = 10;
const mostRows = 40;
const mostSymbols = 200;

/** What the caller keeps: every row is read by the key of the user that the context names, and by nothing that a model says. */
export class GetMyPortfolios extends Tool<'get_my_portfolios'> {
  readonly name = 'get_my_portfolios';

  constructor(
    private readonly market: MarketData,
    private readonly portfolios: Pick<PortfolioStore, 'all'>,
    private readonly held: Pick<HeldPortfolios, 'get'>,
    private readonly watchlists: Pick<WatchlistTable, 'all'>,
  ) {
    super();
  }

  async run(args: ChatToolArguments<'get_my_portfolios'>, context: ToolContext): Promise<Result> {
    const { userId } = context;
    const asOf = latestKnown(args, context);
    const notes: string[] = [];
    const rows = await firstOf(this.portfolios.all(userId), 'portfolios', notes);
    const held = await Promise.all(
      rows.map(({ id, name, currency }) => this.heldIn({ id, name, currency }, userId, asOf)),
    );
    const lists = await firstOf(this.watchlists.all(userId), 'watchlists', notes);
    context.signal.throwIfAborted();
    const wanted = new Set([...held.flatMap(({ holdings }) => holdings.map(({ symbol }) => symbol)), ...lists.flatMap(({ symbols }) => symbols.slice(0, mostRows))]); // prettier-ignore
    if (wanted.size > mostSymbols) notes.push('prices of some symbols');
    const { items } = await this.market.quotes([...wanted].slice(0, mostSymbols), { userId, asOf });
    const quotes = new Map(items.map((quote) => [quote.symbol, quote]));
    return {
      portfolios: held.map((one) => valued(one, quotes)),
      watchlists: lists.map(({ name, symbols }) => {
        if (symbols.length > mostRows) notes.push(`symbols of the watchlist ${name}`);
        return { name, items: symbols.slice(0, mostRows).map((symbol) => watched(symbol, quotes.get(symbol))) };
      }),
      notes,
      units:
        'values and cost in the currency of the portfolio, cost is what was paid for all of them; weights are fractions; changePercent in percent points',
    };
  }

  summary({ portfolios, watchlists }: Result): string {
    return `${portfolios.length} portfolios, ${watchlists.length} watchlists`;
  }

  private async heldIn(
    { id, name, currency }: { id: string; name: string; currency: string },
    userId: string,
    asOf: string | undefined,
  ): Promise<Held> {
    try {
      const { row, holdings, warnings } = await this.held.get(userId, id, asOf);
      const holdingsFrom = row.holdings ? 'given' : 'transactions';
      const notes = warnings.map(({ message }) => message);
      if (row.holdings && asOf !== undefined) notes.push('Holdings that were given are those of today, at the prices of then.'); // prettier-ignore
      return { name, currency, holdingsFrom, holdings, notes };
    } catch (error) {
      if (!(error instanceof Problem) || error.retryable) throw error;
      return { name, currency, holdingsFrom: 'transactions', holdings: [], notes: [error.message] };
    }
  }
}

/** As many as an answer can hold; that there are more is noted. */
async function firstOf<Row>(rows: AsyncIterable<Row>, what: string, notes: string[]): Promise<Row[]> {
  const first: Row[] = [];
  for await (const row of rows) {
    if (first.length === mostLists) {
      notes.push(`older ${what}`);
      break;
    }
    first.push(row);
  }
  return first;
}

const dayOf = (quote: Quote | undefined): string | null => quote?.asOf.slice(0, 10) ?? null;

function valued({ holdings, ...portfolio }: Held, quotes: ReadonlyMap<string, Quote>): Portfolio {
  const rows = holdings.map(({ symbol, quantity, cost = null }) => {
    const quote = quotes.get(symbol);
    const price = quote?.currency === portfolio.currency ? quote.price : null;
    const value = price === null ? null : quantity * price;
    return { symbol, quantity, cost, price, value, asOf: dayOf(quote), source: quote?.source ?? null };
  });
  const total = rows.reduce<number | null>(
    (sum, { value }) => (sum === null || value === null ? null : sum + value),
    0,
  );
  const notes = [...portfolio.notes];
  const unpriced = rows.filter(({ value }) => value === null).map(({ symbol }) => symbol);
  if (unpriced.length > 0)
    notes.push(`There is no price in ${portfolio.currency} of ${unpriced.slice(0, 10).join(', ')}.`);
  if (rows.length > mostRows) notes.push('The smallest holdings are left out of the list.');
  return {
    ...portfolio,
    value: rows.length === 0 ? null : total,
    asOf: rows.reduce<string | null>((last, { asOf }) => ((asOf ?? '') > (last ?? '') ? asOf : last), null),
    holdings: rows
      .sort((a, b) => (b.value ?? 0) - (a.value ?? 0))
      .slice(0, mostRows)
      .map((row) => ({
        ...row,
        weight: total === null || total === 0 || row.value === null ? null : row.value / total,
      })),
    notes,
  };
}

const watched = (symbol: string, quote: Quote | undefined): Result['watchlists'][number]['items'][number] => ({
  symbol,
  price: quote?.price ?? null,
  currency: quote?.currency ?? null,
  changePercent: quote?.changePercent ?? null,
  asOf: dayOf(quote),
  source: quote?.source ?? null,
});
