import { AnalysisTable } from '@stocktool/analyses';
import { QueueSender } from '@stocktool/aws-sqs';
import { AnalysisRequest, Clock } from '@stocktool/contracts';
import { dayInNewYork } from '@stocktool/market-data';
import { eachTogether, PortfolioTable, Watched, type PortfolioRow } from '@stocktool/portfolios';
import { v7 as uuidv7 } from 'uuid';
import type { RunPlaces } from './run-places';

export interface WeeklySummary {
  /** The Monday of the week in New York. */
  readonly week: string;
  readonly queued: number;
  /** Asked for earlier in this week. */
  readonly repeated: number;
  readonly failed: number;
  /** The time was over before all were asked for: the next call goes on with the others. */
  readonly unfinished?: true;
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
      readonly places: RunPlaces;
      readonly report: (portfolioId: string, error: unknown) => void;
    },
  ) {}

  async run(isOver: () => boolean = () => false): Promise<WeeklySummary> {
    const { clock, places, report } = this.surroundings;
    const week = mondayOf(dayInNewYork(clock.now()));
    const summary = { queued: 0, repeated: 0, failed: 0 };
    const work = async (row: PortfolioRow) => {
      try {
        const outcome = await this.one(row, week);
        if (outcome) summary[outcome] += 1;
      } catch (error) {
        report(row.id, error);
        summary.failed += 1;
      }
    };
    const placeOfRun = `weekly#${week}`;
    const before = await places.get(placeOfRun);
    const stopped = await eachTogether(this.watched.portfoliosWithReport(before), work, { together, isOver });
    if ((stopped ? stopped.behind : before) !== undefined) await places.put(placeOfRun, stopped?.behind);
    return { week, ...summary, ...(stopped && { unfinished: true }) };
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
