import { Logger } from '@nestjs/common';
import { ObjectStore, type ObjectVersion } from '@stocktool/aws-s3';
import { EventPublisher } from '@stocktool/aws-sns';
import { isOutage, RetryLater } from '@stocktool/aws-sqs';
import {
  Clock,
  type DocumentType,
  type DocumentVersion,
  largestDocumentBytes,
  parseJson,
  Problem,
  problemDetails,
  StockToolEvent,
} from '@stocktool/contracts';
import {
  type DocumentBuckets,
  documentKey,
  type DocumentRow,
  DocumentTable,
  type ReadingAttempt,
  segmentKey,
  segmentPrefix,
} from '@stocktool/knowledge';
import { failedEvent, readyEvent } from './document-events';
import { ReadInThread } from './read-in-thread';

/** Longer than a document may wait for the thread and then take. */
const leaseSeconds = 180;
/** Attempts at one version that end without a word, the process having died, or by an error that nobody expected. */
const mostTries = 3;

export interface IngestParts {
  readonly table: DocumentTable;
  readonly objects: ObjectStore;
  readonly reader: ReadInThread;
  readonly publisher: EventPublisher;
  readonly clock: Clock;
  readonly buckets: DocumentBuckets;
}

/**
 * Brings a document's row to what lies in the bucket. An event only says that there is something to look at; what is read is always the
 * newest version, so that events may come twice, late, in any order, or not at all when the sweep asks.
 */
export class IngestDocument {
  private readonly logger = new Logger(IngestDocument.name);

  constructor(private readonly parts: IngestParts) {}

  /** Throws RetryLater while another reads the document, and what an outage throws. */
  async run(userId: string, documentId: string, signal: AbortSignal): Promise<void> {
    const row = await this.parts.table.find(userId, documentId);
    if (row?.event !== undefined && !row.removed) await this.tell(row);
    // Whoever meets our lease will not be back soon: what was uploaded meanwhile is read by us, too.
    while (await this.readNewest(userId, documentId, signal));
  }

  /** Whether there was something to read. An event that is not out yet is not replaced by that of a newer version. */
  private async readNewest(userId: string, documentId: string, signal: AbortSignal): Promise<boolean> {
    const { table, objects, buckets } = this.parts;
    const key = documentKey(userId, documentId);
    const row = await table.find(userId, documentId);
    if (row?.removed || row?.event !== undefined) return false;
    const [newest, ...older] = (await objects.versions(buckets.uploads, key)).map(shown);
    // The row precedes every upload and goes last: without one, the upload came by a link that outlived its document.
    if (!row && newest) await objects.deleteUnder(buckets.uploads, key);
    if (!row || !newest || newest.versionId === row.readVersionId) return false;
    const start = await table.start(row, [newest, ...older], leaseSeconds);
    if (start === 'gone') return false;
    if ('leasedForSeconds' in start) throw new RetryLater(start.leasedForSeconds + 1, 'it is being read');
    await this.read(row, newest, start.attempt, signal);
    return true;
  }

  /** The event of a row goes out before it is cleared; what fails or dies in between is repeated by the sweep. */
  async tell(row: DocumentRow): Promise<void> {
    const { table, objects, publisher, buckets } = this.parts;
    const { userId, documentId, attempts, segmentKey: current } = row;
    if (row.event !== undefined) await publisher.publish(parseJson(StockToolEvent, row.event));
    const number = current === undefined ? attempts + 1 : Number(current.slice(-8));
    const newer = segmentKey({ userId, documentId, number, tries: 0 });
    await objects.deleteUnder(buckets.segments, segmentPrefix(userId, documentId), (key) => key >= newer);
    await table.settled(row);
  }

  private async read(
    row: DocumentRow,
    version: DocumentVersion,
    attempt: ReadingAttempt,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      const { chunks, segment } = await this.passages(row, version, attempt);
      signal.throwIfAborted();
      await this.keep(row, { versionId: version.versionId, chunks, segment }, attempt);
    } catch (error) {
      if (error instanceof Problem && !error.retryable) return this.fail(row, version.versionId, attempt, error);
      await this.parts.table.release(attempt, { uncounted: signal.aborted || isOutage(error) });
      throw error;
    }
    await this.tellNow(attempt);
  }

  private async passages(
    { userId, documentId, name, contentType }: DocumentRow,
    version: DocumentVersion,
    { tries }: ReadingAttempt,
  ) {
    const { objects, reader, buckets } = this.parts;
    if (tries > mostTries) throw new Problem('attempts-exhausted', 'It was read several times, and never to its end.');
    if (version.size > largestDocumentBytes)
      throw new Problem(
        'document-unreadable',
        `It has ${version.size} bytes; at most ${largestDocumentBytes} are read.`,
      );
    const bytes = await objects.get(buckets.uploads, documentKey(userId, documentId), version.versionId);
    if (!bytes) throw new RetryLater(1, 'the version is gone');
    return reader.run(userId, { documentId, name, contentType: contentType as DocumentType, bytes });
  }

  private async keep(
    row: DocumentRow,
    { versionId, chunks, segment }: { versionId: string; chunks: number; segment: Uint8Array },
    attempt: ReadingAttempt,
  ): Promise<void> {
    const { table, objects, clock, buckets } = this.parts;
    const key = segmentKey(attempt);
    await objects.put(buckets.segments, key, segment, { contentType: 'application/gzip' });
    const event = readyEvent(row, { versionId, chunks, time: clock.now() });
    const end = { readVersionId: versionId, segmentKey: key, chunks, event };
    if (await table.ready(attempt, end)) return;
    await objects.deleteUnder(buckets.segments, key);
    throw new RetryLater(1, 'another has taken the document over, or it was removed');
  }

  private async fail(row: DocumentRow, versionId: string, attempt: ReadingAttempt, problem: Problem): Promise<void> {
    const error = problemDetails(problem);
    const event = failedEvent(row, { versionId, error, time: this.parts.clock.now() });
    if (!(await this.parts.table.failed(attempt, { readVersionId: versionId, error, event })))
      throw new RetryLater(1, 'another has taken the document over, or it was removed');
    await this.tellNow(attempt);
  }

  /** The document has ended; the row keeps what could not be said. */
  private async tellNow({ userId, documentId }: ReadingAttempt): Promise<void> {
    try {
      const row = await this.parts.table.find(userId, documentId);
      if (row && !row.removed) await this.tell(row);
    } catch (error) {
      this.logger.warn({ err: error, documentId, msg: 'the event stays in the row until the sweep publishes it' });
    }
  }
}

const shown = ({ versionId, bytes: size, createdAt }: ObjectVersion): DocumentVersion => ({
  versionId,
  size,
  createdAt,
});
