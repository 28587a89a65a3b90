import { Logger } from '@nestjs/common';
import { AnalysisTable } from '@stocktool/analyses';
import { EventPublisher } from '@stocktool/aws-sns';
import { makeEvent, type ProblemDetails, type StockToolEvent } from '@stocktool/contracts';
import type { Attempt } from '@stocktool/analyses';
import type { ComputedAnalysis } from './compute/compute-job';

type Subject = Pick<Attempt, 'userId' | 'analysisId'>;
const source = 'stocktool/analysis-worker';

/** Event ids come from the analysis: a repeated publication is the same event to whoever receives it. */
export function completedEvent(attempt: Attempt, computed: ComputedAnalysis, finishedAt: Date): StockToolEvent {
  const { userId, analysisId, createdAt, request } = attempt;
  const self = `/v1/analyses/${analysisId}`;
  return makeEvent('analysis.completed', {
    id: `${analysisId}:completed`,
    source,
    subject: analysisId,
    time: finishedAt,
    data: {
      userId,
      analysisId,
      kind: request.kind,
      createdAt,
      finishedAt: finishedAt.toISOString(),
      window: computed.window,
      headline: computed.headline,
      links: { self, report: `${self}/report` },
    },
  });
}

export function failedEvent({ userId, analysisId }: Subject, error: ProblemDetails, finishedAt: Date): StockToolEvent {
  return makeEvent('analysis.failed', {
    id: `${analysisId}:failed`,
    source,
    subject: analysisId,
    time: finishedAt,
    data: { userId, analysisId, finishedAt: finishedAt.toISOString(), error },
  });
}

/** The event is published before it leaves the row; what fails or dies in between is published again by the sweep. */
export class Outbox {
  private readonly logger = new Logger(Outbox.name);

  constructor(
    private readonly table: AnalysisTable,
    private readonly publisher: EventPublisher,
  ) {}

  /** Never throws: the analysis has ended, and the row keeps what could not be published. */
  async publish({ userId, analysisId }: Subject, event: StockToolEvent): Promise<void> {
    try {
      await this.publisher.publish(event);
      await this.table.clearEvent(userId, analysisId);
    } catch (error) {
      this.logger.warn({ err: error, analysisId, msg: 'the event stays in the row until the sweep publishes it' });
    }
  }
}
