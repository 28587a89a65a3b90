import { assess } from '@stocktool/analytics';
import type { ChatToolArguments, ChatToolResult, Risk } from '@stocktool/contracts';
import type { MarketData } from '@stocktool/market-data';
import { pricesUpTo, spansYear } from './price-window';
import { Tool, type ToolContext } from './tool';

type Result = ChatToolResult<'get_risk_assessment'>;

export class GetRiskAssessment extends Tool<'get_risk_assessment'> {
  readonly name = 'get_risk_assessment';

  constructor(private readonly market: MarketData) {
    super();
  }

  async run(args: ChatToolArguments<'get_risk_assessment'>, context: ToolContext): Promise<Result> {
    const [asset, benchmark] = await Promise.all([
      pricesUpTo(this.market, args.symbol, args, context),
      pricesUpTo(this.market, args.benchmark, args, context),
    ]);
    const { from, to, riskFreeRate } = args;
    const { window, performance, risk, sources } = assess(asset, benchmark, { from, to, riskFreeRate });
    return {
      symbol: args.symbol,
      benchmark: args.benchmark,
      window: { from: window.from, to: window.to, observations: window.observations },
      totalReturn: performance.totalReturn,
      annualReturn: spansYear(window) ? performance.cagr : null,
      annualVolatility: performance.annualVolatility,
      sharpe: performance.sharpe,
      sortino: performance.sortino,
      maxDrawdown: performance.maxDrawdown,
      tailRisk: tailRiskOf(risk),
      beta: risk.beta,
      alpha: risk.alpha,
      rSquared: risk.rSquared,
      trackingError: risk.trackingError,
      informationRatio: risk.informationRatio,
      sources: sources.map((row) => ({ ...row, asOf: row.asOf < window.to ? row.asOf : window.to })),
      units: riskUnits,
    };
  }

  summary({ symbol, window }: Result): string {
    return `Risk of ${symbol}, ${window.from} to ${window.to}`;
  }
}

export const riskUnits =
  'rates are fractions; value at risk and expected shortfall are for one day, losses positive; alpha and volatility are annual; ratios have no unit';

/** One row per confidence, the level itself as a value: so that an answer can quote it. */
export const tailRiskOf = (risk: Pick<Risk, 'var' | 'cvar'>): Result['tailRisk'] =>
  (['0.95', '0.99'] as const).map((level) => ({
    confidence: Number(level),
    historical: risk.var.historical[level],
    parametric: risk.var.parametric[level],
    expectedShortfall: risk.cvar.historical[level],
  }));
