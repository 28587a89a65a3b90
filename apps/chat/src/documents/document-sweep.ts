import { setTimeout as pause } from 'node:timers/promises';
import { Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { RetryLater } from '@stocktool/aws-sqs';
import { type DocumentRow, DocumentTable, RemoveDocument } from '@stocktool/knowledge';
import { IngestDocument } from './ingest-document';

const perTick = 20;
const againAfterMs = 120_000;

/** Does what a crash or a lost event left undone: uploads that never came, readings, events, removals. */
export class DocumentSweep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(DocumentSweep.name);
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    private readonly table: DocumentTable,
    private readonly ingest: IngestDocument,
    private readonly removal: RemoveDocument,
    private readonly everySeconds: number,
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.run(this.stopping.signal);
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** One page. Each document stands for itself: one that fails comes again, and keeps no other from its turn. */
  async sweep(): Promise<void> {
    for (const row of await this.table.claimDue(perTick, againAfterMs)) {
      if (this.stopping.signal.aborted) return;
      await this.finish(row).catch((err: unknown) => {
        if (!(err instanceof RetryLater))
          this.logger.error({ err, documentId: row.documentId, msg: 'left to a later sweep' });
      });
    }
  }

  private async finish(row: DocumentRow): Promise<void> {
    const { userId, documentId } = row;
    if (row.removed) return this.removal.finish(row);
    await this.ingest.run(userId, documentId, this.stopping.signal);
    const after = await this.table.find(userId, documentId);
    if (after?.status === 'pending' && !after.removed) await this.removal.run(userId, documentId); // nothing was ever uploaded
  }

  private async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const waitMs = this.everySeconds * 1000 * (0.75 + Math.random() * 0.5); // several processes must not tick together
      await pause(waitMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      await this.sweep().catch((err: unknown) => this.logger.error({ err, msg: 'the sweep of documents failed' }));
    }
  }
}
