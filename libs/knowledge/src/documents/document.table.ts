import { ConditionFailed, decodeCursor, type Dynamo, encodeCursor, type Item } from '@stocktool/aws-dynamodb';
import {
  Clock,
  type DocumentVersion,
  type Page,
  type PageQuery,
  Problem,
  type ProblemDetails,
  type StockToolEvent,
} from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { v7 as uuidv7 } from 'uuid';
import { DocumentNames } from './document-names';
import { documentItemId, DocumentRow, type ReadingAttempt } from './document-rows';
import { type Change, documentUpdate } from './document-update';

/** An upload must have begun within the life of its link; S3's event may be late. */
const expiredAfterMs = 60 * 60_000;
const republishAfterMs = 30_000;
const removedAgainAfterMs = 60_000;
/** Once its lease has run out, the message that brought an attempt has this long to come again by itself. */
const healAfterLeaseMs = 60_000;
const pageOfAll = 100;
/** A row stays small, however often a document is uploaded again. */
const mostVersionsShown = 50;

const mayStart =
  'attribute_not_exists(#removed) AND (attribute_not_exists(#leaseUntilEpochMs) OR #leaseUntilEpochMs <= :now)';
const owned = 'attribute_not_exists(#removed) AND #attempts = :attempt AND #status = :ingesting';

type StartedReading = { readonly attempt: ReadingAttempt } | { readonly leasedForSeconds: number } | 'gone';

/**
 * Documents, pending → ingesting → ready | failed, and ingesting again with each new version: one row each. Every transition is one
 * conditional write; the event of an end is in that same write. A row stands in the due index while something is left to do that a
 * crash could leave undone: an upload that never came, a reading, an event, a removal.
 */
export class DocumentTable {
  private readonly names: DocumentNames;

  constructor(
    private readonly dynamo: Dynamo,
    private readonly clock: Clock,
    private readonly tableName: string = topology.tables.documents.name,
  ) {
    this.names = new DocumentNames(dynamo, tableName);
  }

  /**
   * The document of that name, made when there is none. Two who make it at once get the same one. Problem `limit-reached` when the
   * user has `most` others.
   */
  async open(userId: string, name: string, contentType: string, most: number): Promise<DocumentRow> {
    const named = await this.names.find(userId, name);
    const known = named && (await this.find(userId, named));
    if (known && !known.removed) return known;
    if ((await this.list(userId, { limit: most })).items.length >= most)
      throw new Problem('limit-reached', `There are ${most} documents already.`);
    if (known) await this.names.free(known);
    const documentId = await this.names.claim(userId, name, uuidv7());
    const at = this.later(0);
    const row: DocumentRow = {
      ...{ userId, documentId, name, contentType, status: 'pending', chunks: 0, versions: [], attempts: 0, tries: 0 },
      ...{ createdAt: at, updatedAt: at, dueKind: 'document', dueAt: this.later(expiredAfterMs) },
    };
    try {
      const Item = { itemId: documentItemId(documentId), ...row };
      await this.dynamo.put({ TableName: this.tableName, Item, ConditionExpression: 'attribute_not_exists(itemId)' });
      return row;
    } catch (error) {
      if (error instanceof ConditionFailed && error.item) return DocumentRow.parse(error.item);
      throw error;
    }
  }

  /** What a new upload of an open document is; it is read when its bytes are there. */
  async expect({ userId, documentId }: DocumentRow, contentType: string): Promise<boolean> {
    const set = { contentType, updatedAt: this.later(0) };
    return (
      'row' in
      (await this.change(userId, documentId, {
        set,
        when: 'attribute_exists(itemId) AND attribute_not_exists(#removed)',
      }))
    );
  }

  async find(userId: string, documentId: string): Promise<DocumentRow | undefined> {
    const Key = { userId, itemId: documentItemId(documentId) };
    const item = await this.dynamo.get({ TableName: this.tableName, Key, ConsistentRead: true });
    return item && DocumentRow.parse(item);
  }

  /** Problem `document-not-found` for what was never there, is another's, or is being removed. */
  async get(userId: string, documentId: string): Promise<DocumentRow> {
    const row = await this.find(userId, documentId);
    if (!row || row.removed) throw new Problem('document-not-found', `There is no document ${documentId}.`);
    return row;
  }

  /** Newest first: ids are UUIDv7 and sort by time. */
  async list(userId: string, { limit, cursor }: PageQuery): Promise<Page<DocumentRow>> {
    const prefix = documentItemId('');
    const { items, lastKey } = await this.dynamo.query({
      TableName: this.tableName,
      KeyConditionExpression: 'userId = :userId AND begins_with(itemId, :prefix)',
      ExpressionAttributeValues: { ':userId': userId, ':prefix': prefix },
      ConsistentRead: true,
      ScanIndexForward: false,
      Limit: limit,
      ...(cursor !== undefined && {
        ExclusiveStartKey: decodeCursor(
          cursor,
          (key) => key['userId'] === userId && (key['itemId'] ?? '').startsWith(prefix),
        ),
      }),
    });
    const rows = items.map((item) => DocumentRow.parse(item)).filter(({ removed }) => !removed);
    return { items: rows, nextCursor: encodeCursor(lastKey) };
  }

  async *all(userId: string): AsyncGenerator<DocumentRow> {
    let cursor: string | undefined;
    do {
      const page = await this.list(userId, { limit: pageOfAll, cursor });
      yield* page.items;
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
  }

  /** Takes the lease, or says who has it; `gone`: there is no such document any more. */
  async start(
    { userId, documentId, triedVersionId, tries }: DocumentRow,
    versions: readonly [DocumentVersion, ...DocumentVersion[]],
    leaseSeconds: number,
  ): Promise<StartedReading> {
    const outcome = await this.change(userId, documentId, {
      set: {
        status: 'ingesting',
        versions: versions.slice(0, mostVersionsShown),
        tries: triedVersionId === versions[0].versionId ? tries + 1 : 1,
        triedVersionId: versions[0].versionId,
        leaseUntilEpochMs: this.clock.epochMs() + leaseSeconds * 1000,
        ...this.due(leaseSeconds * 1000 + healAfterLeaseMs),
      },
      compute: ['#attempts = #attempts + :one'],
      when: `attribute_exists(itemId) AND ${mayStart}`,
      values: { ':one': 1, ':now': this.clock.epochMs() },
    });
    if ('row' in outcome) {
      const { attempts: number, tries: counted } = outcome.row;
      return { attempt: { userId, documentId, number, tries: counted } };
    }
    const { refusedBy } = outcome;
    if (!refusedBy || refusedBy.removed) return 'gone';
    const leasedForMs = (refusedBy.leaseUntilEpochMs ?? 0) - this.clock.epochMs();
    return { leasedForSeconds: Math.max(1, Math.ceil(leasedForMs / 1000)) };
  }

  /** Gives the lease back; with `uncounted`, the attempt was ended by an outage and does not count. */
  async release(
    { userId, documentId, number, tries }: ReadingAttempt,
    { uncounted }: { uncounted: boolean },
  ): Promise<void> {
    await this.asOwner(
      { userId, documentId, number },
      { ...(uncounted && { tries: tries - 1 }), ...this.due(healAfterLeaseMs) },
    );
  }

  /** Ends a reading and keeps its event in one write. False when the attempt no longer owns the document. */
  ready(
    attempt: ReadingAttempt,
    end: { readVersionId: string; segmentKey: string; chunks: number; event: StockToolEvent },
  ): Promise<boolean> {
    const { event, ...rest } = end;
    return this.asOwner(attempt, { status: 'ready', tries: 0, ...rest, ...this.outbox(event) }, ['error']);
  }

  /** What cannot be read is not found by any search either: an older version would answer in its place. */
  failed(
    attempt: ReadingAttempt,
    end: { readVersionId: string; error: ProblemDetails; event: StockToolEvent },
  ): Promise<boolean> {
    const { event, ...rest } = end;
    return this.asOwner(attempt, { status: 'failed', tries: 0, chunks: 0, ...rest, ...this.outbox(event) }, [
      'segmentKey',
    ]);
  }

  /** The event is out and what older attempts left is gone: nothing is left to do. */
  async settled({ userId, documentId, event }: DocumentRow): Promise<void> {
    await this.change(userId, documentId, {
      set: {},
      remove: ['event', 'dueKind', 'dueAt'],
      when: '#event = :event AND attribute_not_exists(#removed) AND attribute_not_exists(#leaseUntilEpochMs)',
      values: { ':event': event },
    });
  }

  /** From now on nobody sees it. Undefined when there is none. */
  async markRemoved(userId: string, documentId: string): Promise<DocumentRow | undefined> {
    const outcome = await this.change(userId, documentId, {
      set: { removed: true, ...this.due(removedAgainAfterMs) },
      when: 'attribute_exists(itemId) AND attribute_not_exists(#removed)',
    });
    return 'row' in outcome ? outcome.row : undefined;
  }

  /** The last step of a removal: the row and the name, which another document may have by now. */
  async forget(row: DocumentRow): Promise<void> {
    await this.names.free(row);
    const Key = { userId: row.userId, itemId: documentItemId(row.documentId) };
    await this.dynamo.delete({ TableName: this.tableName, Key });
  }

  /** Documents of which something is left to do. Each is handed to one sweeper only until its next due time. */
  async claimDue(limit: number, nextAfterMs: number): Promise<DocumentRow[]> {
    const { items } = await this.dynamo.query({
      TableName: this.tableName,
      IndexName: 'due-index',
      KeyConditionExpression: 'dueKind = :kind AND dueAt <= :now',
      ExpressionAttributeValues: { ':kind': 'document', ':now': this.later(0) },
      Limit: limit,
    });
    const claimed = await Promise.all(items.map((item) => this.claimOne(item, nextAfterMs)));
    return claimed.flatMap((row) => row ?? []);
  }

  private async claimOne({ userId, documentId, dueAt }: Item, nextAfterMs: number): Promise<DocumentRow | undefined> {
    const outcome = await this.change(String(userId), String(documentId), {
      set: { dueAt: this.later(nextAfterMs) },
      when: '#dueAt = :seen',
      values: { ':seen': dueAt },
    });
    return 'row' in outcome ? outcome.row : undefined;
  }

  private async asOwner(
    { userId, documentId, number }: Pick<ReadingAttempt, 'userId' | 'documentId' | 'number'>,
    set: Readonly<Record<string, unknown>>,
    remove: readonly string[] = [],
  ): Promise<boolean> {
    const outcome = await this.change(userId, documentId, {
      set: { ...set, updatedAt: this.later(0) },
      remove: ['leaseUntilEpochMs', ...remove],
      when: owned,
      values: { ':attempt': number, ':ingesting': 'ingesting' },
    });
    return 'row' in outcome;
  }

  /** A refused condition is an answer here, with the row that refused. */
  private async change(
    userId: string,
    documentId: string,
    change: Change,
  ): Promise<{ row: DocumentRow } | { refusedBy: DocumentRow | undefined }> {
    const Key = { userId, itemId: documentItemId(documentId) };
    try {
      const row = await this.dynamo.update({ TableName: this.tableName, Key, ...documentUpdate(change) });
      return { row: DocumentRow.parse(row) };
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
      return { refusedBy: error.item && DocumentRow.parse(error.item) };
    }
  }

  private outbox(event: StockToolEvent) {
    return { event: JSON.stringify(event), ...this.due(republishAfterMs) };
  }

  private due(afterMs: number) {
    return { dueKind: 'document', dueAt: this.later(afterMs) };
  }

  private later(milliseconds: number): string {
    return new Date(this.clock.epochMs() + milliseconds).toISOString();
  }
}
