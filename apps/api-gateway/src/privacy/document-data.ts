import { Injectable } from '@nestjs/common';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { ObjectStore } from '@stocktool/aws-s3';
import { type AccountExport, Clock, type PersonalData } from '@stocktool/contracts';
import { documentBuckets, DocumentTable, segmentPrefix, shownDocument } from '@stocktool/knowledge';
import { topology } from '@stocktool/topology';
import { downloadOf } from '../documents/download';

const table = topology.tables.documents;
const { prefix } = topology.buckets.knowledge.uploads;

type ExportedDocument = AccountExport['documents'][number];

/** A user's own documents, every version of them, and what a search reads of them. */
@Injectable()
export class DocumentData implements PersonalData {
  readonly tables = [table.name];

  constructor(
    private readonly documents: DocumentTable,
    private readonly dynamo: Dynamo,
    private readonly objects: ObjectStore,
    private readonly clock: Clock,
  ) {}

  export(userId: string) {
    return { documents: this.all(userId) };
  }

  /** Whoever reads one finds no row to write to, and an upload that comes later finds none either: it is deleted. */
  async erase(userId: string): Promise<void> {
    await this.dynamo.deletePartition(table, userId);
    await this.objects.deleteUnder(documentBuckets.uploads, `${prefix}${userId}/`);
    await this.objects.deleteUnder(documentBuckets.segments, segmentPrefix(userId));
  }

  private async *all(userId: string): AsyncGenerator<ExportedDocument> {
    for await (const row of this.documents.all(userId)) {
      const parts = { objects: this.objects, clock: this.clock };
      const downloads = row.versions.map(async ({ versionId }) => ({
        versionId,
        ...(await downloadOf(row, versionId, parts)),
      }));
      yield { ...shownDocument(row), downloads: await Promise.all(downloads) };
    }
  }
}
