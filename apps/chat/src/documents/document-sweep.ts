import { RetryLater } from '@stocktool/aws-sqs';
import { Sweep } from '@stocktool/bootstrap';
import { type DocumentRow, DocumentTable, RemoveDocument } from '@stocktool/knowledge';
import { IngestDocument } from './ingest-document';

const perTick = 20;
const againAfterMs = 120_000;

/** Does what a crash or a lost event left undone: uploads that never came, readings, events, removals. */
export class DocumentSweep extends Sweep {
  constructor(
    private readonly table: DocumentTable,
    private readonly ingest: IngestDocument,
    private readonly removal: RemoveDocument,
    everySeconds: number,
  ) {
    super(everySeconds);
  }

  /** One page. Each document stands for itself: one that fails comes again, and keeps no other from its turn. */
  async sweep(): Promise<void> {
    for (const row of await this.table.claimDue(perTick, againAfterMs)) {
      if (this.stopping.aborted) return;
      await this.finish(row).catch((err: unknown) => {
        if (!(err instanceof RetryLater))
          this.logger.error({ err, documentId: row.documentId, msg: 'left to a later sweep' });
      });
    }
  }

  private async finish(row: DocumentRow): Promise<void> {
    const { userId, documentId } = row;
    if (row.removed) return this.removal.finish(row);
    await this.ingest.run(userId, documentId, this.stopping);
    const after = await this.table.find(userId, documentId);
    if (after?.status === 'pending' && !after.removed) await this.removal.run(userId, documentId); // nothing was ever uploaded
  }
}
