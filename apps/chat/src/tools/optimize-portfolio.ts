import {
  isAvailable,
  OptimizationRequest,
  Problem,
  type ChatToolArguments,
  type ChatToolResult,
  type Holding,
  type Optimization,
  type OptimalPortfolio,
} from '@stocktool/contracts';
import type { ComputeLine } from '../compute/compute-line';
import type { HeldAnalyses } from '../portfolio/held-analyses';
import { warningsAbout } from '../portfolio/warnings-about';
import { Tool, type ToolContext } from './tool';

type Arguments = ChatToolArguments<'optimize_portfolio'>;
type Result = ChatToolResult<'optimize_portfolio'>;
type Weighted = NonNullable<Result['optimal']>;
type Chosen = Pick<Result, 'optimal' | 'unavailable'>;

const mostAssets = 60;
const statement =
  'A calculation only: nothing was bought or sold. What is expected follows from the past of these prices, and the past is a weak guide.';

/** One of the optimal portfolios of an analysis, beside the weights that are held. */
export class OptimizePortfolio extends Tool<'optimize_portfolio'> {
  readonly name = 'optimize_portfolio';

  constructor(
    private readonly held: HeldAnalyses,
    private readonly computing: ComputeLine,
  ) {
    super();
  }

  async run(args: Arguments, context: ToolContext): Promise<Result> {
    const { objective, symbols } = args;
    const optimization = optimizationOf(args);
    const holdings = symbols && equalWeights(symbols);
    if (symbols && (args.holdings || args.portfolio !== undefined))
      throw new Problem('validation-failed', 'Give either symbols, or holdings, or the name of a portfolio.');
    const { request, prices, kept } = await this.held.load(
      { ...args, holdings: holdings ?? args.holdings },
      [],
      context,
    );
    if (request.holdings.length > mostAssets)
      throw new Problem('limit-reached', `At most ${mostAssets} symbols are optimised together here.`);
    context.signal.throwIfAborted();
    const asked = { ...request, include: ['performance' as const, 'optimization' as const], optimization };
    const [made] = await this.computing.analyses(context.userId, { prices, requests: [asked] });
    if (!made) throw new Error('the analysis is missing');
    const { from, to, observations } = made.window;
    const chosen = chosenOf(made.optimization, objective);
    const current = symbols ? undefined : currentOf(made.optimization, made.assets);
    const { optimal } = chosen;
    return {
      executed: false,
      statement,
      objective,
      ...(kept && { portfolio: kept.name }),
      window: { from, to, observations },
      ...chosen,
      ...(current && { current }),
      ...(optimal && current && { difference: differenceOf(current, optimal) }),
      turnover: optimal && current ? turnoverOf(current, optimal) : null,
      warnings: warningsAbout(kept?.warnings, made.warnings),
      sources: prices.columns.map(({ symbol, source }) => ({ symbol, source, asOf: to })),
      units:
        'weights, returns and volatility are fractions, return and volatility of a year; the ratio has no unit; turnover is a fraction of the portfolio',
    };
  }

  summary({ objective, optimal, unavailable }: Result): string {
    return optimal ? `${objective}: ${optimal.assets.length} weights` : `${objective}: ${unavailable?.code ?? 'none'}`;
  }
}

function optimizationOf({ objective, target, maxWeight, bounds }: Arguments): OptimizationRequest {
  const needsTarget = objective === 'targetReturn' || objective === 'targetVolatility';
  if (needsTarget && target === undefined)
    throw new Problem('validation-failed', `${objective} needs a target.`, {
      errors: [{ path: 'target', message: 'is required' }],
    });
  if (!needsTarget && target !== undefined)
    throw new Problem('validation-failed', `${objective} takes no target.`, {
      errors: [{ path: 'target', message: 'only of targetReturn and targetVolatility' }],
    });
  return OptimizationRequest.parse({
    maxWeight,
    bounds,
    frontierPoints: 2,
    ...(needsTarget && { [objective]: target }),
  });
}

const equalWeights = (symbols: readonly string[]): Holding[] => {
  const distinct = [...new Set(symbols)];
  if (distinct.length < 2) throw new Problem('validation-failed', 'An optimum needs two different symbols.');
  return distinct.map((symbol) => ({ symbol, weight: 1 / distinct.length }));
};

const unavailableAs = (why: { code: string; reason: string }): Chosen => ({ unavailable: why });

function chosenOf(
  made: Optimization | { unavailable: { code: string; reason: string } } | undefined,
  objective: Result['objective'],
): Chosen {
  if (!made) throw new Error('an analysis without its optimisation');
  if ('unavailable' in made) return unavailableAs(made.unavailable);
  const chosen = made[objective];
  if (!chosen) throw new Error(`no portfolio ${objective}`);
  return isAvailable<OptimalPortfolio>(chosen) ? { optimal: weightedOf(chosen) } : unavailableAs(chosen.unavailable);
}

const weightedOf = ({ weights, bands, return: expectedReturn, volatility, sharpe }: OptimalPortfolio): Weighted => ({
  expectedReturn,
  volatility,
  sharpe,
  assets: Object.entries(weights).map(([symbol, weight]) => {
    const { p5 = null, p95 = null } = bands?.[symbol] ?? {};
    return { symbol, weight, low: p5, high: p95 };
  }),
});

function currentOf(
  made: Parameters<typeof chosenOf>[0],
  assets: readonly { symbol: string; weight: number }[],
): Weighted | undefined {
  if (!made || 'unavailable' in made) return undefined;
  const { return: expectedReturn, volatility, sharpe } = made.current;
  const weights = assets.map(({ symbol, weight }) => ({ symbol, weight, low: null, high: null }));
  return { expectedReturn, volatility, sharpe, assets: weights };
}

const differenceOf = (current: Weighted, optimal: Weighted): NonNullable<Result['difference']> => ({
  expectedReturn: optimal.expectedReturn - current.expectedReturn,
  volatility: optimal.volatility - current.volatility,
  sharpe: optimal.sharpe === null || current.sharpe === null ? null : optimal.sharpe - current.sharpe,
});

function turnoverOf(current: Weighted, optimal: Weighted): number {
  const held = new Map(current.assets.map(({ symbol, weight }) => [symbol, weight]));
  return optimal.assets.reduce((sum, { symbol, weight }) => sum + Math.abs(weight - (held.get(symbol) ?? 0)), 0);
}
