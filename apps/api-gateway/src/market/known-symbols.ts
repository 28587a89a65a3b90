import { Injectable } from '@nestjs/common';
import { Problem, type FieldFault } from '@stocktool/contracts';
import { MarketData, type Coverage } from '@stocktool/market-data';

/** A symbol of a request, and where in it. */
export interface Asked {
  readonly path: string;
  readonly symbol: string;
}
export type Covered = Asked & { readonly coverage: Coverage };

/** Symbols of a body, asked of the market data before anything is written. */
@Injectable()
export class KnownSymbols {
  constructor(private readonly market: MarketData) {}

  /** Throws `unknown-symbol`, all faults named. */
  async cover(userId: string, asked: readonly Asked[]): Promise<Covered[]> {
    const distinct = new Set(asked.map(({ symbol }) => symbol)); // a body may name one twenty thousand times
    const looking = new Map([...distinct].map((symbol) => [symbol, this.market.coverage(symbol, { userId })]));
    const answers = await Promise.all(asked.map(async (one) => ({ ...one, coverage: await looking.get(one.symbol) })));
    const known = answers.filter((one): one is Covered => one.coverage !== undefined);
    if (known.length < answers.length)
      throw refusal(
        'unknown-symbol',
        answers
          .filter(({ coverage }) => coverage === undefined)
          .map(({ path, symbol }) => ({ path, message: `there is no symbol ${symbol}` })),
      );
    return known;
  }

  /** Those that nobody knows. */
  async unknownAmong(userId: string, symbols: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    const answers = await Promise.all(
      [...symbols].map(async (symbol) => ({
        symbol,
        known: (await this.market.coverage(symbol, { userId })) !== undefined,
      })),
    );
    return new Set(answers.filter(({ known }) => !known).map(({ symbol }) => symbol));
  }
}

export function refusal(
  code: 'unknown-symbol' | 'currency-mismatch' | 'no-date-overlap',
  errors: FieldFault[],
): Problem {
  const shown = errors.slice(0, 5).map(({ message }) => message);
  const more = errors.length > shown.length ? [`and ${errors.length - shown.length} more`] : [];
  return new Problem(code, [...shown, ...more].join('; '), { errors });
}
