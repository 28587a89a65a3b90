import { Injectable } from '@nestjs/common';
import { Problem, type AnalysisRequest, type FieldFault } from '@stocktool/contracts';
import { MarketData, type Coverage } from '@stocktool/market-data';

interface Asked {
  readonly path: string;
  readonly symbol: string;
}
type Covered = Asked & { readonly coverage: Coverage };

/** What a well-formed request can still get wrong: asked of the market data before anything is written. */
@Injectable()
export class CheckRequest {
  constructor(private readonly market: MarketData) {}

  /** Throws `portfolio-not-found`, `unknown-symbol`, `currency-mismatch` or `no-date-overlap`, all faults named. */
  async run(userId: string, request: AnalysisRequest): Promise<void> {
    if (!request.holdings)
      throw new Problem('portfolio-not-found', `There is no portfolio ${request.portfolioId ?? ''}.`, {
        errors: [{ path: 'portfolioId', message: 'no such portfolio' }],
      });
    const asked: Asked[] = [
      ...request.holdings.map(({ symbol }, index) => ({ path: `holdings.${index}.symbol`, symbol })),
      { path: 'benchmark', symbol: request.benchmark },
    ];
    const compared = request.include.includes('attribution') ? (request.attribution?.benchmarkHoldings ?? []) : [];
    const beside = compared.map(({ symbol }, index) => ({
      path: `attribution.benchmarkHoldings.${index}.symbol`,
      symbol,
    }));
    const covered = await this.cover(userId, [...asked, ...beside]);
    refuseMixedCurrencies(covered);
    refuseWithoutOverlap(covered.slice(0, asked.length), request);
  }

  private async cover(userId: string, asked: readonly Asked[]): Promise<Covered[]> {
    const answers = await Promise.all(
      asked.map(async (one) => ({ ...one, coverage: await this.market.coverage(one.symbol, { userId }) })),
    );
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
}

function refuseMixedCurrencies(covered: readonly Covered[]): void {
  const [first] = covered;
  const others = covered.filter(({ coverage }) => coverage.currency !== first?.coverage.currency);
  if (!first || others.length === 0) return;
  throw refusal(
    'currency-mismatch',
    others.map(({ path, symbol, coverage }) => ({
      path,
      message: `${symbol} is in ${coverage.currency}, ${first.symbol} in ${first.coverage.currency}`,
    })),
  );
}

/** Two common dates at least: less has no return. */
function refuseWithoutOverlap(covered: readonly Covered[], { from = '', to = '9999-12-31' }: AnalysisRequest): void {
  const begins = covered.reduce((latest, { coverage }) => (coverage.from > latest ? coverage.from : latest), from);
  const ends = covered.reduce((earliest, { coverage }) => (coverage.to < earliest ? coverage.to : earliest), to);
  if (begins < ends) return;
  throw refusal(
    'no-date-overlap',
    covered.map(({ path, symbol, coverage }) => ({
      path,
      message: `${symbol} has prices from ${coverage.from} to ${coverage.to}`,
    })),
  );
}

function refusal(code: 'unknown-symbol' | 'currency-mismatch' | 'no-date-overlap', errors: FieldFault[]): Problem {
  const shown = errors.slice(0, 5).map(({ message }) => message);
  const more = errors.length > shown.length ? [`and ${errors.length - shown.length} more`] : [];
  return new Problem(code, [...shown, ...more].join('; '), { errors });
}
