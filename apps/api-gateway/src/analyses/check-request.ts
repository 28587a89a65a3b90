import { Injectable } from '@nestjs/common';
import type { AnalysisRequest } from '@stocktool/contracts';
import { HeldPortfolios } from '@stocktool/portfolios';
import { KnownSymbols, refusal, type Asked, type Covered } from '../market/known-symbols';

/** What a well-formed request can still get wrong: asked of the market data before anything is written. */
@Injectable()
export class CheckRequest {
  constructor(
    private readonly symbols: KnownSymbols,
    private readonly portfolios: HeldPortfolios,
  ) {}

  /** Throws `unknown-portfolio`, `portfolio-empty`, `inconsistent-transactions`, `unknown-symbol`, `currency-mismatch` or `no-date-overlap`, all faults named. */
  async run(userId: string, request: AnalysisRequest): Promise<void> {
    const { held, currency } = await this.heldBy(userId, request);
    const asked: Asked[] = [...held, { path: 'benchmark', symbol: request.benchmark }];
    const compared = request.include.includes('attribution') ? (request.attribution?.benchmarkHoldings ?? []) : [];
    const beside = compared.map(({ symbol }, index) => ({
      path: `attribution.benchmarkHoldings.${index}.symbol`,
      symbol,
    }));
    const covered = await this.symbols.cover(userId, [...asked, ...beside]);
    refuseMixedCurrencies(covered, currency);
    refuseWithoutOverlap(covered.slice(0, asked.length), request);
  }

  private async heldBy(
    userId: string,
    { holdings, portfolioId = '', to }: AnalysisRequest,
  ): Promise<{ held: Asked[]; currency?: string }> {
    if (holdings) return { held: holdings.map(({ symbol }, index) => ({ path: `holdings.${index}.symbol`, symbol })) };
    const portfolio = await this.portfolios.forAnalysis(userId, portfolioId, to);
    const held = portfolio.holdings.map(({ symbol }) => ({ path: 'portfolioId', symbol }));
    return { held, currency: portfolio.currency };
  }
}

/** All of one currency, that of the portfolio where there is one. */
function refuseMixedCurrencies([first, ...rest]: readonly Covered[], currency = first?.coverage.currency): void {
  const others = (first ? [first, ...rest] : []).filter(({ coverage }) => coverage.currency !== currency);
  if (others.length === 0) return;
  throw refusal(
    'currency-mismatch',
    others.map(({ path, symbol, coverage }) => ({
      path,
      message: `${symbol} is in ${coverage.currency}, the others are in ${currency}`,
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
