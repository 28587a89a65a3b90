import type { ChatToolResult, Quote } from '@stocktool/contracts';

type Move = ChatToolResult<'get_market_indices'>['indices'][number];

export const moveUnits = 'indices in points, other prices in their currency; changePercent in percent points';

/** What a model needs of a quote in a list. */
export const movesOf = (quotes: readonly Quote[]): Move[] =>
  quotes.map(({ symbol, price, currency, changePercent, asOf, source }) => {
    return { symbol, price, currency, changePercent, asOf, source };
  });
