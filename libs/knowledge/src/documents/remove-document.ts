import type { ObjectStore } from '@stocktool/aws-s3';
import { Clock, Problem } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { documentKey, type DocumentRow, segmentPrefix } from './document-rows';
import type { DocumentTable } from './document.table';

export interface DocumentBuckets {
  /** What users upload. */
  readonly uploads: string;
  /** What a search reads. */
  readonly segments: string;
}
const { knowledge, reports } = topology.buckets;
export const documentBuckets: DocumentBuckets = { uploads: knowledge.name, segments: reports.name };

/** Removes documents with every version and all that was made of them. */
export class RemoveDocument {
  constructor(
    private readonly table: DocumentTable,
    private readonly objects: ObjectStore,
    private readonly clock: Clock,
    private readonly buckets: DocumentBuckets = documentBuckets,
  ) {}

  /** Gone from sight at once; what a crash leaves undone, the sweep does. Problem `document-not-found`. */
  async run(userId: string, documentId: string): Promise<void> {
    const row = await this.table.markRemoved(userId, documentId);
    if (!row) throw new Problem('document-not-found', `There is no document ${documentId}.`);
    await this.finish(row);
  }

  /** Whoever reads the document at this moment may still leave something: then the row stays until the sweep comes once more. */
  async finish(row: DocumentRow): Promise<void> {
    const { userId, documentId, leaseUntilEpochMs = 0 } = row;
    await this.objects.deleteUnder(this.buckets.uploads, documentKey(userId, documentId));
    await this.objects.deleteUnder(this.buckets.segments, segmentPrefix(userId, documentId));
    if (leaseUntilEpochMs <= this.clock.epochMs()) await this.table.forget(row);
  }
}
