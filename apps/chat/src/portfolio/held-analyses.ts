import { AnalysisRequest, Problem, type ChatToolArguments, type Holding } from '@stocktool/contracts';
import type { MarketData } from '@stocktool/market-data';
import type { CommonPrices } from '../compute/analyses-job';
import { pricesUpTo } from '../tools/price-window';
import { latestKnown, type ToolContext } from '../tools/tool';
import { commonPrices } from './common-prices';
import type { NamedPortfolio, NamedPortfolios } from './named-portfolios';

type Asked = Pick<
  ChatToolArguments<'what_if'>,
  'holdings' | 'portfolio' | 'from' | 'to' | 'benchmark' | 'riskFreeRate' | 'asOf'
>;

export interface HeldThen {
  readonly request: AnalysisRequest & { holdings: Holding[] };
  readonly prices: CommonPrices;
  /** The portfolio that it is, where it was not given in words. */
  readonly kept: NamedPortfolio | undefined;
}

/** What one thread computes in a moment. */
const mostHoldings = 100;

/** Holdings, given or of a portfolio that the user keeps, with the prices of the period that may be known. */
export class HeldAnalyses {
  constructor(
    private readonly market: MarketData,
    private readonly portfolios: NamedPortfolios,
  ) {}

  /** Prices of `others` too, on the dates that all have. Refuses what an analysis would refuse. */
  async load(asked: Asked, others: readonly string[], context: ToolContext): Promise<HeldThen> {
    const { holdings: given, portfolio, benchmark, riskFreeRate, from } = asked;
    if (given && portfolio !== undefined)
      throw new Problem('validation-failed', 'Give either the holdings or the name of a portfolio, not both.');
    const known = latestKnown(asked, context);
    const to = known !== undefined && (asked.to === undefined || known < asked.to) ? known : asked.to;
    const kept = given ? undefined : await this.portfolios.find(context.userId, portfolio, to);
    const holdings = given ?? kept?.holdings ?? [];
    if (holdings.length > mostHoldings)
      throw new Problem(
        'limit-reached',
        `At most ${mostHoldings} holdings are computed in a conversation; an analysis takes more.`,
      );
    const range = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
    const request = AnalysisRequest.parse({ kind: 'portfolio', holdings, benchmark, riskFreeRate, ...range });
    const symbols = [...new Set([...holdings.map(({ symbol }) => symbol), ...others, benchmark])];
    const series = await Promise.all(symbols.map((symbol) => pricesUpTo(this.market, symbol, asked, context)));
    const foreign = kept && series.find(({ currency }) => currency !== kept.currency);
    if (foreign)
      throw new Problem('currency-mismatch', `${foreign.symbol} is in ${foreign.currency}, the portfolio in ${kept.currency}.`); // prettier-ignore
    return { request: { ...request, holdings }, prices: commonPrices(series, range), kept };
  }
}
