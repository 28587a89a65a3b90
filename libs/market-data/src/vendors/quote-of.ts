import type { SourceQuote } from '../market-data-source';
import { priceChange } from '../price-change';

export interface QuoteFacts {
  readonly symbol: string;
  readonly price: number;
  readonly currency: string;
  readonly previousClose: number | null;
  readonly asOf: Date;
  readonly source: string;
}

/** The change is computed here, from the two prices: no vendor's rounding, and no change that does not fit its prices. */
export function quoteOf({ previousClose, asOf, ...facts }: QuoteFacts): SourceQuote {
  const { price } = facts;
  return {
    ...facts,
    previousClose,
    ...priceChange(price, previousClose),
    asOf: asOf.toISOString(),
  };
}
