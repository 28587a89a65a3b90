import { AnalysisTable } from '@stocktool/analyses';
import { QueueSender } from '@stocktool/aws-sqs';
import { AnalysisRequest, Clock } from '@stocktool/contracts';
import { dayInNewYork } from '@stocktool/market-data';
import { PortfolioTable, Watched, type PortfolioRow } from '@stocktool/portfolios';
import { v7 as uuidv7 } from 'uuid';

export interface WeeklySummary {
  /** The Monday of the week in New York. */
  readonly week: string;
  readonly queued: number;
  /** Asked for earlier in this week. */
  readonly repeated: number;
  readonly failed: number;
}

const millisecondsPerDay = 86_400_000;
const together = 8;

/**
 * One analysis a week for each portfolio that asks for it. The week and the id of its analysis are claimed in the row of the portfolio, by
 * condition; whoever comes again finds them there and continues with the same id.
 */
export class WeeklyReports {
  constructor(
    private readonly watched: Watched,
    private readonly portfolios: PortfolioTable,
    private readonly analyses: AnalysisTable,
    private readonly queue: QueueSender,
    private readonly surroundings: {
      readonly clock: Clock;
      readonly report: (portfolioId: string, error: unknown) => void;
    },
  ) {}

  async run(): Promise<WeeklySummary> {
    const week = mondayOf(dayInNewYork(this.surroundings.clock.now()));
    const summary = { queued: 0, repeated: 0, failed: 0 };
    const waiting = this.watched.portfoliosWithReport();
    const work = async () => {
      for (;;) {
        const next = await waiting.next();
        if (next.done) return;
        const row = next.value;
        try {
          const outcome = await this.one(row, week);
          if (outcome) summary[outcome] += 1;
        } catch (error) {
          this.surroundings.report(row.id, error);
          summary.failed += 1;
        }
      }
    };
    await Promise.all(Array.from({ length: together }, work));
    return { week, ...summary };
  }

  /** The row precedes the message: what is not sent here, the worker's sweep sends. */
  private async one({ userId, id }: PortfolioRow, week: string): Promise<'queued' | 'repeated' | undefined> {
    const claim = await this.portfolios.claimWeek(userId, id, { week, analysisId: uuidv7() });
    if (!claim) return undefined; // deleted, or no longer wanted
    const { analysisId, fresh } = claim;
    const { status } = await this.analyses.insertQueued(userId, analysisId, AnalysisRequest.parse({ portfolioId: id }));
    if (status === 'queued') await this.queue.send('analysis', { userId, analysisId }, { groupId: userId });
    return fresh ? 'queued' : 'repeated';
  }
}

function mondayOf(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  const sinceMonday = (date.getUTCDay() + 6) % 7;
  return new Date(date.getTime() - sinceMonday * millisecondsPerDay).toISOString().slice(0, 10);
}
