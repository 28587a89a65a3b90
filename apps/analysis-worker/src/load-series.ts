import type { Attempt } from '@stocktool/analyses';
import { factorPortfolios } from '@stocktool/analytics';
import { isPrivateTicker, Problem, type AnalysisRequest } from '@stocktool/contracts';
import { MarketData } from '@stocktool/market-data';
import { HeldPortfolios, type AnalysedPortfolio } from '@stocktool/portfolios';
import { LRUCache } from 'lru-cache';
import type { ComputeJob } from './compute/compute-job';
import { packSeries, type PackedSeries } from './compute/packed-series';

/** Of a source that does not have the symbol, now or later; any other problem may pass. */
const hasNone: ReadonlySet<string> = new Set(['symbol-not-found', 'no-source-configured']);
const keptSymbols = 500;
const keptMs = 5 * 60_000;

/**
 * The prices of a request, whole: the analysis cuts them to its period. The market's are kept packed for a few minutes, for the
 * same symbols come again and again; a user's own series are read each time, since they may be replaced at any moment.
 */
export class LoadSeries {
  private readonly packed = new LRUCache<string, PackedSeries>({
    max: keptSymbols,
    ttl: keptMs,
    fetchMethod: async (symbol) => packSeries(await this.market.series(symbol)),
  });

  constructor(
    private readonly market: MarketData,
    private readonly portfolios: Pick<HeldPortfolios, 'forAnalysis'>,
  ) {}

  /** A portfolio is as it is now: what was asked for may have changed since. Problem `symbol-not-found`, `unknown-portfolio`, `portfolio-empty` or the like when the request cannot be met. */
  async run({ userId, request }: Pick<Attempt, 'userId' | 'request'>): Promise<ComputeJob> {
    const { holdings, currency, transactions = [], warnings = [] } = await this.heldBy(userId, request);
    const symbols = symbolsOf({ ...request, holdings });
    const traded = new Set(
      transactions.flatMap(({ symbol }) => (symbol === undefined || symbols.includes(symbol) ? [] : symbol)),
    );
    const [series, others, factors] = await Promise.all([
      Promise.all(symbols.map((symbol) => this.one(symbol, userId))),
      this.known([...traded], userId),
      this.factorsOf(request),
    ]);
    const foreign = series.find((one) => currency !== undefined && one.currency !== currency);
    if (foreign)
      throw new Problem(
        'currency-mismatch',
        `${foreign.symbol} is in ${foreign.currency}, the portfolio in ${currency}.`,
      );
    return { request: { ...request, holdings }, series: [...series, ...others], ...factors, transactions, warnings };
  }

  private heldBy(
    userId: string,
    { holdings, portfolioId = '', to }: AnalysisRequest,
  ): Promise<Pick<AnalysedPortfolio, 'holdings'> & Partial<AnalysedPortfolio>> {
    if (holdings) return Promise.resolve({ holdings });
    return this.portfolios.forAnalysis(userId, portfolioId, to);
  }

  /** What was traded once and has no prices any more leaves the returns of the account unavailable, not the analysis. */
  private async known(symbols: readonly string[], userId: string): Promise<PackedSeries[]> {
    const answers = await Promise.allSettled(symbols.map((symbol) => this.one(symbol, userId)));
    return answers.flatMap((answer) => {
      if (answer.status === 'fulfilled') return answer.value;
      if (answer.reason instanceof Problem && answer.reason.code === 'symbol-not-found') return [];
      throw answer.reason;
    });
  }

  /** Those that the source has, and why it could not give the others: without them an analysis has its other parts all the same. */
  private async factorsOf({ include }: AnalysisRequest): Promise<Pick<ComputeJob, 'factors' | 'factorFaults'>> {
    if (!include.includes('stress') && !include.includes('attribution')) return { factors: [] };
    const answers = await Promise.allSettled(factorPortfolios.map(({ symbol }) => this.packed.fetch(symbol)));
    const factors: PackedSeries[] = [];
    const factorFaults: NonNullable<ComputeJob['factorFaults']>[number][] = [];
    answers.forEach((answer, i) => {
      if (answer.status === 'fulfilled') {
        if (answer.value) factors.push(answer.value);
      } else if (!(answer.reason instanceof Problem)) throw answer.reason;
      else if (!hasNone.has(answer.reason.code)) {
        const { code, message: reason } = answer.reason;
        factorFaults.push({ symbol: factorPortfolios[i]!.symbol, code, reason });
      }
    });
    return { factors, factorFaults };
  }

  private async one(symbol: string, userId: string): Promise<PackedSeries> {
    if (isPrivateTicker(symbol)) return packSeries(await this.market.series(symbol, { userId }));
    const packed = await this.packed.fetch(symbol);
    if (!packed) throw new Error(`no series of ${symbol}`);
    return packed;
  }
}

/** Each once: the holdings, the benchmark, and a benchmark portfolio where sectors are compared. */
function symbolsOf({ holdings, benchmark, include, attribution }: ComputeJob['request']): string[] {
  const compared = include.includes('attribution') ? (attribution?.benchmarkHoldings ?? []) : [];
  return [...new Set([...holdings, ...compared].map(({ symbol }) => symbol).concat(benchmark))];
}
