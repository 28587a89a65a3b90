import { isAvailable, Problem, type ChatToolArguments, type ChatToolResult, type Holding } from '@stocktool/contracts';
import type { MadeAnalysis } from '../compute/analyses-job';
import type { ComputeLine } from '../compute/compute-line';
import { applyTrades } from '../portfolio/apply-trades';
import { lastPricesIn } from '../portfolio/common-prices';
import type { HeldAnalyses } from '../portfolio/held-analyses';
import { warningsAbout } from '../portfolio/warnings-about';
import { riskUnits, tailRiskOf } from './get-risk-assessment';
import { spansYear } from './price-window';
import { Tool, type ToolContext } from './tool';

type Result = ChatToolResult<'what_if'>;
type Figures = Result['before'];

const statement =
  'A calculation only: nothing was bought or sold. Purchases are paid with money from outside, and money from sales leaves the portfolio.';

/** Trades that are only thought of: the analysis of what is held, and of what would be held, on the same days. */
export class WhatIf extends Tool<'what_if'> {
  readonly name = 'what_if';

  constructor(
    private readonly held: HeldAnalyses,
    private readonly computing: ComputeLine,
  ) {
    super();
  }

  async run(args: ChatToolArguments<'what_if'>, context: ToolContext): Promise<Result> {
    const traded = args.trades.map(({ symbol }) => symbol);
    const { request, prices, kept } = await this.held.load(args, traded, context);
    const lastPrices = lastPricesIn(prices);
    const { holdings, trades, paidIn } = applyTrades(request.holdings, args.trades, lastPrices);
    context.signal.throwIfAborted();
    const both = { ...request, include: ['performance' as const, 'risk' as const] };
    const job = { prices, requests: [both, { ...both, holdings }] };
    const [was, would] = await this.computing.analyses(context.userId, job);
    if (!was || !would) throw new Error('an analysis is missing');
    const before = figuresOf(was, request.holdings, lastPrices);
    const after = figuresOf(would, holdings, lastPrices);
    const { from, to, observations } = was.window;
    return {
      executed: false,
      statement,
      ...(kept && { portfolio: kept.name }),
      currency: prices.columns[0]!.currency,
      window: { from, to, observations },
      trades: [...trades],
      paidIn,
      before,
      after,
      difference: differenceOf(before, after),
      warnings: warningsAbout(kept?.warnings, was.warnings, would.warnings),
      sources: prices.columns.map(({ symbol, source }) => ({ symbol, source, asOf: to })),
      units: `${riskUnits}; values and amounts in the currency, at the last close`,
    };
  }

  summary({ trades, window }: Result): string {
    const told = trades.map(({ action, symbol }) => `${action} ${symbol}`).join(', ');
    return `Nothing executed. ${told}: before and after, ${window.from} to ${window.to}`.slice(0, 200);
  }
}

function figuresOf(analysis: MadeAnalysis, holdings: readonly Holding[], prices: ReadonlyMap<string, number>): Figures {
  const { performance, risk } = analysis.portfolio;
  if (!isAvailable(performance) || !isAvailable(risk))
    throw new Problem('too-few-prices', 'There are too few prices for risk figures.');
  const positions = new Map(
    holdings.map(({ symbol, quantity }) => [symbol, quantity === undefined ? undefined : { quantity, value: quantity * (prices.get(symbol) ?? Number.NaN) }]), // prettier-ignore
  );
  const values = [...positions.values()];
  return {
    value: values.every((one) => one !== undefined) ? values.reduce((sum, { value }) => sum + value, 0) : null,
    totalReturn: performance.totalReturn,
    annualReturn: spansYear(analysis.window) ? performance.cagr : null,
    annualVolatility: performance.annualVolatility,
    sharpe: performance.sharpe,
    sortino: performance.sortino,
    beta: risk.beta,
    alpha: risk.alpha,
    trackingError: risk.trackingError,
    maxDrawdown: performance.maxDrawdown,
    tailRisk: tailRiskOf(risk),
    assets: analysis.assets.map(({ symbol, weight, riskContribution }) => {
      const { quantity = null, value = null } = positions.get(symbol) ?? {};
      return { symbol, quantity, value, weight, riskContribution };
    }),
  };
}

const less = (after: number | null | undefined, before: number | null): number | null =>
  after === null || after === undefined || before === null ? null : after - before;

function differenceOf(before: Figures, after: Figures): Result['difference'] {
  return {
    value: less(after.value, before.value),
    totalReturn: less(after.totalReturn, before.totalReturn),
    annualReturn: less(after.annualReturn, before.annualReturn),
    annualVolatility: less(after.annualVolatility, before.annualVolatility),
    sharpe: less(after.sharpe, before.sharpe),
    sortino: less(after.sortino, before.sortino),
    beta: less(after.beta, before.beta),
    alpha: less(after.alpha, before.alpha),
    trackingError: less(after.trackingError, before.trackingError),
    maxDrawdown: { value: less(after.maxDrawdown.value, before.maxDrawdown.value) },
    tailRisk: before.tailRisk.map(({ confidence, historical, parametric, expectedShortfall }) => {
      const then = after.tailRisk.find((row) => row.confidence === confidence);
      return {
        confidence,
        historical: less(then?.historical, historical),
        parametric: less(then?.parametric, parametric),
        expectedShortfall: less(then?.expectedShortfall, expectedShortfall),
      };
    }),
  };
}
