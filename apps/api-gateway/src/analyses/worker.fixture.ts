import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AnalysisTable, ResultStore, type Attempt } from '@stocktool/analyses';
import { analyse } from '@stocktool/analytics';
import { makeEvent, systemClock, type AnalysisResult, type ProblemDetails } from '@stocktool/contracts';
import { MarketData } from '@stocktool/market-data';

const headline = { totalReturn: 0, annualVolatility: 0, sharpe: 0, maxDrawdown: 0, historicalVar95: 0 };

/** What a worker does to the rows, step by step, so that a test decides when. */
export function worker(app: NestFastifyApplication) {
  const table = app.get(AnalysisTable, { strict: false });
  const results = app.get(ResultStore, { strict: false });
  const market = app.get(MarketData);
  return {
    async start(userId: string, analysisId: string): Promise<Attempt> {
      const started = await table.start(userId, analysisId, 90);
      if (!('attempt' in started)) throw new Error('nothing to start');
      return started.attempt;
    },
    progress: (attempt: Attempt, fraction: number) => table.progress(attempt, fraction),
    renew: (attempt: Attempt) => table.renewLease(attempt, 90),
    async succeed(attempt: Attempt): Promise<AnalysisResult> {
      const { request, userId, analysisId } = attempt;
      const symbols = [...request.holdings!.map(({ symbol }) => symbol), request.benchmark];
      const series = await Promise.all(symbols.map((symbol) => market.series(symbol, { userId })));
      const result = analyse({ request: { ...request, holdings: request.holdings! }, series });
      const finishedAt = systemClock.now().toISOString();
      const event = makeEvent('analysis.completed', {
        id: `${analysisId}:completed`,
        source: 'analysis-worker',
        time: systemClock.now(),
        data: {
          userId,
          analysisId,
          kind: 'portfolio',
          createdAt: attempt.createdAt,
          finishedAt,
          window: { from: result.window.from, to: result.window.to },
          headline,
          links: { self: `/v1/analyses/${analysisId}`, report: `/v1/analyses/${analysisId}/report` },
        },
      });
      await table.complete(attempt, { result: await results.write(attempt, result), headline, event, finishedAt });
      return result;
    },
    async fail(attempt: Attempt, error: ProblemDetails): Promise<void> {
      const { userId, analysisId } = attempt;
      const finishedAt = systemClock.now().toISOString();
      const data = { userId, analysisId, finishedAt, error };
      const facts = { id: `${analysisId}:failed`, source: 'analysis-worker', time: systemClock.now(), data };
      await table.fail(attempt, { error, finishedAt, event: makeEvent('analysis.failed', facts) });
    },
  };
}
