import { Injectable, Logger } from '@nestjs/common';
import { AnalysisTable } from '@stocktool/analyses';
import { QueueSender } from '@stocktool/aws-sqs';
import { AnalysisAccepted, type AnalysisRequest } from '@stocktool/contracts';
import { Idempotency } from '../idempotency/idempotency';
import { CheckRequest } from './check-request';

@Injectable()
export class RequestAnalysis {
  private readonly logger = new Logger(RequestAnalysis.name);

  constructor(
    private readonly check: CheckRequest,
    private readonly table: AnalysisTable,
    private readonly queue: QueueSender,
    private readonly once: Idempotency,
  ) {}

  /**
   * Checked before anything is written. The id is fixed by the claim of the key, so a retry after a crash continues the same
   * analysis. The row precedes the message: what is not sent here, the worker's sweep sends.
   */
  run(userId: string, request: AnalysisRequest, key: string | undefined): Promise<AnalysisAccepted> {
    const operation = { operation: 'create-analysis', request };
    return this.once.perKey(userId, key, operation, AnalysisAccepted, async (analysisId) => {
      await this.check.run(userId, request);
      const { createdAt } = await this.table.insertQueued(userId, analysisId, request);
      await this.queue
        .send('analysis', { userId, analysisId }, { groupId: userId })
        .catch((error: unknown) => this.logger.warn({ err: error, analysisId }, 'not sent, left to the sweep'));
      return { id: analysisId, status: 'queued' as const, createdAt, links: linksOf(analysisId) };
    });
  }
}

function linksOf(analysisId: string): AnalysisAccepted['links'] {
  const self = `/v1/analyses/${analysisId}`;
  return { self, events: `${self}/events`, report: `${self}/report` };
}
