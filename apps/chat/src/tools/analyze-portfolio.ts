import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { AnalysisTable } from '@stocktool/analyses';
import type { QueueSender } from '@stocktool/aws-sqs';
import {
  AnalysisRequest,
  chatTools,
  Clock,
  isAvailable,
  isFinished,
  parseJson,
  Problem,
  type Analysis,
  type ChatToolArguments,
  type ChatToolResult,
} from '@stocktool/contracts';
import type { MarketData } from '@stocktool/market-data';
import { v7 as uuidv7 } from 'uuid';
import type { NamedPortfolios } from '../portfolio/named-portfolios';
import { riskUnits, tailRiskOf } from './get-risk-assessment';
import { spansYear } from './price-window';
import { latestKnown, Tool, type ToolContext } from './tool';

type Result = ChatToolResult<'analyze_portfolio'>;
type Headline = NonNullable<Result['headline']>;

export interface AnalysisWait {
  readonly atMostMs: number;
  readonly pollMs: number;
}

/** Hands the portfolio to the workers, as a request over the API would, and waits a moment for the headline. */
export class AnalyzePortfolio extends Tool<'analyze_portfolio'> {
  readonly name = 'analyze_portfolio';

  private readonly logger = new Logger(AnalyzePortfolio.name);

  constructor(
    private readonly market: MarketData,
    private readonly analyses: AnalysisTable,
    private readonly queue: Pick<QueueSender, 'send'>,
    private readonly clock: Clock,
    private readonly portfolios: NamedPortfolios,
    private readonly wait: AnalysisWait = { atMostMs: 6000, pollMs: 100 },
  ) {
    super();
  }

  async run(args: ChatToolArguments<'analyze_portfolio'>, context: ToolContext): Promise<Result> {
    if (context.began !== undefined) return this.begun(context.began, context);
    const { userId, signal } = context;
    const { request, symbols } = await this.requestOf(args, context);
    await this.refuseUnknown(request, symbols, context);
    signal.throwIfAborted();
    const analysisId = uuidv7();
    await this.analyses.insertQueued(userId, analysisId, request);
    await this.queue.send('analysis', { userId, analysisId }, { groupId: userId }).catch((error: unknown) => {
      this.logger.warn(
        { err: error, analysisId },
        'the queue did not take an analysis: the sweep of the workers sends it',
      );
    });
    const status = await this.untilFinished(userId, analysisId, signal);
    return this.told(userId, analysisId, status);
  }

  summary({ status, analysisId }: Result): string {
    return `Analysis ${analysisId} ${status}`;
  }

  private async begun(resultJson: string, { userId }: ToolContext): Promise<Result> {
    const { analysisId } = parseJson(chatTools.analyze_portfolio.result, resultJson);
    const { status } = await this.analyses.state(userId, analysisId);
    return this.told(userId, analysisId, status);
  }

  private async told(userId: string, analysisId: string, status: Analysis['status']): Promise<Result> {
    const links = { self: `/v1/analyses/${analysisId}`, report: `/v1/analyses/${analysisId}/report` };
    const result = { analysisId, status, links, units: riskUnits };
    if (status === 'succeeded') return { ...result, ...outcomeOf(await this.analyses.get(userId, analysisId)) };
    if (status !== 'failed') return result;
    const { error } = await this.analyses.state(userId, analysisId);
    return { ...result, ...(error && { error: error.detail ?? error.title }) };
  }

  /** Of given holdings, or of a portfolio that the user keeps, which the workers read themselves. */
  private async requestOf(args: ChatToolArguments<'analyze_portfolio'>, context: ToolContext) {
    const { holdings: given, portfolio, benchmark, riskFreeRate, from } = args;
    if (given && portfolio !== undefined)
      throw new Problem('validation-failed', 'Give either the holdings or the name of a portfolio, not both.');
    const known = latestKnown(args, context);
    const to = known !== undefined && (args.to === undefined || known < args.to) ? known : args.to;
    const kept = given ? undefined : await this.portfolios.find(context.userId, portfolio, to);
    const request = AnalysisRequest.parse({
      kind: 'portfolio',
      ...(kept ? { portfolioId: kept.id } : { holdings: given }),
      benchmark,
      riskFreeRate,
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
    });
    const holdings = given ?? kept?.holdings ?? [];
    return { request, symbols: [...new Set([...holdings.map(({ symbol }) => symbol), benchmark])] };
  }

  private async refuseUnknown({ from, to }: AnalysisRequest, symbols: readonly string[], { userId }: ToolContext) {
    const covered = await Promise.all(symbols.map((symbol) => this.market.coverage(symbol, { userId, asOf: to })));
    const unknown = symbols.filter((_, i) => covered[i] === undefined);
    if (unknown.length > 0) throw new Problem('unknown-symbol', `There are no prices of ${unknown.join(', ')}.`);
    const begin = covered.reduce((last, one) => (one && one.from > last ? one.from : last), from ?? '');
    const end = covered.reduce((first, one) => (one && one.to < first ? one.to : first), to ?? '9999-12-31');
    if (begin >= end)
      throw new Problem('no-date-overlap', `The prices of ${symbols.join(', ')} have no common dates then.`);
  }

  private async untilFinished(userId: string, analysisId: string, signal: AbortSignal): Promise<Analysis['status']> {
    const deadline = this.clock.epochMs() + this.wait.atMostMs;
    for (;;) {
      const { status } = await this.analyses.state(userId, analysisId);
      if (isFinished(status) || this.clock.epochMs() >= deadline) return status;
      await delay(this.wait.pollMs, undefined, { signal });
    }
  }
}

function outcomeOf({ result }: Analysis): Pick<Result, 'headline' | 'sources'> {
  const { performance, risk } = result?.portfolio ?? {};
  if (!result || !isAvailable(performance) || !isAvailable(risk)) return {};
  const { from, to, observations } = result.window;
  const headline: Headline = {
    window: { from, to, observations },
    totalReturn: performance.totalReturn,
    annualReturn: spansYear({ from, to }) ? performance.cagr : null,
    annualVolatility: performance.annualVolatility,
    sharpe: performance.sharpe,
    maxDrawdown: performance.maxDrawdown,
    tailRisk: tailRiskOf(risk),
    beta: risk.beta,
    assets: result.assets.map(({ symbol, weight, riskContribution }) => ({ symbol, weight, riskContribution })),
    warnings: result.warnings.map(({ message }) => message),
  };
  return { headline, sources: result.sources.map((row) => ({ ...row, asOf: row.asOf < to ? row.asOf : to })) };
}
