import { Injectable } from '@nestjs/common';
import { Problem, type AnalysisRequest } from '@stocktool/contracts';
import { KnownSymbols, refusal, type Asked, type Covered } from '../market/known-symbols';

/** What a well-formed request can still get wrong: asked of the market data before anything is written. */
@Injectable()
export class CheckRequest {
  constructor(private readonly symbols: KnownSymbols) {}

  /** Throws `unknown-portfolio`, `unknown-symbol`, `currency-mismatch` or `no-date-overlap`, all faults named. */
  async run(userId: string, request: AnalysisRequest): Promise<void> {
    if (!request.holdings)
      throw new Problem('unknown-portfolio', `There is no portfolio ${request.portfolioId ?? ''}.`, {
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
    const covered = await this.symbols.cover(userId, [...asked, ...beside]);
    refuseMixedCurrencies(covered);
    refuseWithoutOverlap(covered.slice(0, asked.length), request);
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
