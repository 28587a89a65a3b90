import { isDeepStrictEqual } from 'node:util';
import { ConditionFailed, type CursorKey, decodeCursor, Dynamo, encodeCursor } from '@stocktool/aws-dynamodb';
import {
  type Analysis,
  type AnalysisRequest,
  type AnalysisSummary,
  Clock,
  isFinished,
  type Page,
  type PageQuery,
  parseJson,
  parseKnown,
  Problem,
  type ProblemDetails,
  StockToolEvent,
} from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { ZodError } from 'zod';
import {
  RequestRow,
  requestItemId,
  StateRow,
  stateItemId,
  stateOf,
  summaryOf,
  type AnalysisState,
  type Attempt,
  type AttemptBeyond,
  type Headline,
  type PendingEvent,
  type ResultPointer,
} from './analysis-rows';
import { DueRows, requeueAfterMs } from './due-rows';
import { ErasedUsers, erasureTables } from './erased-users';
import { ResultStore } from './result-store';
import { stateUpdate } from './state-update';

const republishAfterMs = 30_000;
/** Once its lease has run out, the message that brought an attempt has this long to come again by itself. */
const healAfterLeaseMs = 60_000;

const mayStart = '#status = :queued OR (#status = :running AND #leaseUntilEpochMs <= :nowEpochMs)';
const ownedBy = '#status = :running AND #attempts = :attempt';

/** Why there is nothing to start: it has ended, or another worker's lease is alive. */
export type NotStarted = { readonly finished: true } | { readonly finished: false; readonly leasedForSeconds: number };
export type Start = { readonly attempt: Attempt } | { readonly beyond: AttemptBeyond } | NotStarted;

/**
 * The state machine queued → running → succeeded | failed | cancelled, one small item per analysis. Every transition is one
 * conditional write; a lease says who runs it, the attempt number refuses whoever ran it before. The event of an end is in
 * that same write and leaves the item only when it has been published.
 */
export class AnalysisTable {
  private readonly dueRows: DueRows;
  private readonly erased: ErasedUsers;

  constructor(
    private readonly dynamo: Dynamo,
    private readonly results: ResultStore,
    private readonly clock: Clock,
    private readonly tableName: string = topology.tables.analyses.name,
    erasures: string = erasureTables.erasures,
  ) {
    this.dueRows = new DueRows(dynamo, clock, tableName);
    this.erased = new ErasedUsers(dynamo, clock, { analyses: tableName, erasures });
  }

  /** The request goes first: whoever sees the state finds the request. Repeating it with the same id changes nothing. */
  async insertQueued(userId: string, analysisId: string, request: AnalysisRequest): Promise<AnalysisState> {
    await this.dynamo.put({
      TableName: this.tableName,
      Item: { userId, itemId: requestItemId(analysisId), request },
    });
    const row: StateRow = {
      userId,
      analysisId,
      kind: request.kind,
      status: 'queued',
      progress: 0,
      attempts: 0,
      revision: 1,
      createdAt: this.clock.now().toISOString(),
      ...this.due('queued', requeueAfterMs()),
    };
    try {
      await this.dynamo.put({
        TableName: this.tableName,
        Item: { itemId: stateItemId(analysisId), ...row },
        ConditionExpression: 'attribute_not_exists(itemId)',
      });
      return stateOf(row);
    } catch (error) {
      if (error instanceof ConditionFailed && error.item) return stateOf(StateRow.parse(error.item));
      throw error;
    }
  }

  /** Status and progress alone: what an event stream reads again and again. */
  async state(userId: string, analysisId: string): Promise<AnalysisState> {
    return stateOf(await this.row(userId, analysisId));
  }

  /** Whether the result of that analysis lies in that object, or still may: an attempt writes it before the row. */
  async pointsAt(userId: string, analysisId: string, bucketKey: string): Promise<boolean> {
    const row = await this.find(userId, analysisId);
    if (!row?.result) return row?.status === 'queued' || row?.status === 'running';
    return 'bucketKey' in row.result && row.result.bucketKey === bucketKey;
  }

  /** Status, request and, once succeeded, the result. */
  async get(userId: string, analysisId: string): Promise<Analysis> {
    const [row, asked] = await Promise.all([this.row(userId, analysisId), this.request(userId, analysisId)]);
    if (!asked) throw notFound(analysisId);
    if (!asked.known) throw new Problem('dependency-unavailable', askedOfNewer, { retryAfterSeconds: 30 });
    return {
      ...summaryOf(row),
      request: asked.known,
      ...(row.result && { result: await this.results.read(userId, row.result) }),
    };
  }

  /** Own analyses, newest first: ids are UUIDv7 and sort by time. */
  async list(userId: string, { limit, cursor }: PageQuery): Promise<Page<AnalysisSummary>> {
    const { items, lastKey } = await this.dynamo.query({
      TableName: this.tableName,
      KeyConditionExpression: 'userId = :userId AND begins_with(itemId, :prefix)',
      ExpressionAttributeValues: { ':userId': userId, ':prefix': stateItemId('') },
      ScanIndexForward: false,
      Limit: limit,
      ...(cursor !== undefined && { ExclusiveStartKey: decodeCursor(cursor, (key) => ownStateKey(key, userId)) }),
    });
    return {
      items: items.map((item) => summaryOf(StateRow.parse(item))),
      nextCursor: encodeCursor(lastKey),
    };
  }

  /**
   * Takes the lease, or says why not: what was erased counts as finished. Throws Problem `analysis-not-found` for an id that
   * never was. Should whoever takes the lease
   * die and the message with it, the sweep sends another.
   */
  async start(userId: string, analysisId: string, leaseSeconds: number): Promise<Start> {
    const nowEpochMs = this.clock.epochMs();
    const change = stateUpdate(userId, analysisId, {
      set: { status: 'running', progress: 0, ...this.lease(leaseSeconds) },
      compute: ['#attempts = #attempts + :one', '#startedAt = if_not_exists(#startedAt, :now)'],
      when: mayStart,
      values: { ':queued': 'queued', ':running': 'running', ':nowEpochMs': nowEpochMs, ':now': this.later(0) },
    });
    const [starting, reading] = await Promise.allSettled([
      this.conditionally(change),
      this.request(userId, analysisId),
    ]);
    if (starting.status === 'rejected') throw starting.reason;
    if ('refusedBy' in starting.value) {
      const { refusedBy } = starting.value;
      return refusedBy ? notStarted(refusedBy, nowEpochMs) : this.erasedOrUnknown(userId, analysisId);
    }
    const { attempts: number, released = 0, requeues = 0, createdAt } = starting.value.row;
    const owner = { userId, analysisId, number, requeues };
    if (reading.status === 'rejected') {
      await this.release(owner).catch(() => undefined); // else the lease runs out by itself
      throw reading.reason;
    }
    if (!reading.value) return this.erasedOrUnknown(userId, analysisId);
    const { known, unknown } = reading.value;
    const attempt = { ...owner, tries: number - released, createdAt };
    return known && unknown.length === 0 ? { attempt: { ...attempt, request: known } } : { beyond: attempt };
  }

  /** False when the attempt no longer owns the analysis (cancelled, or taken over): stop working. */
  renewLease(attempt: Attempt, leaseSeconds: number): Promise<boolean> {
    return this.asOwner(attempt, this.lease(leaseSeconds));
  }

  /**
   * Gives the lease back at once, so that the redelivered message need not wait for it to run out; the attempt does not count in
   * `tries`. False as in `renewLease`.
   */
  async release(attempt: Owner): Promise<boolean> {
    return 'row' in (await this.giveBack(attempt, 'released'));
  }

  /**
   * Gives the lease back after an error that nobody expected; how many of those there have been, or undefined when the attempt no
   * longer owns the analysis. Should the message never come again, the sweep sends another.
   */
  async countFailure(attempt: Owner): Promise<number | undefined> {
    const outcome = await this.giveBack(attempt, 'failures');
    return 'row' in outcome ? outcome.row.failures : undefined;
  }

  /** False as in `renewLease`. */
  progress(attempt: Attempt, fraction: number): Promise<boolean> {
    return this.asOwner(attempt, { progress: Math.min(Math.max(fraction, 0), 1) });
  }

  /** Ends the job and keeps its event for publication in one write. False when the attempt no longer owns it. */
  complete(
    attempt: Attempt,
    end: { result: ResultPointer; headline: Headline; event: StockToolEvent; finishedAt: string },
  ): Promise<boolean> {
    const { result, headline, event, finishedAt } = end;
    return this.asOwner(
      attempt,
      { status: 'succeeded', progress: 1, finishedAt, result, headline, ...this.outbox(event) },
      ['leaseUntilEpochMs'],
    );
  }

  /**
   * Whether the analysis has succeeded with this very result. Ask before discarding the result of a refused completion: the refused
   * one may be the second sending of one that landed.
   */
  async pointsTo({ userId, analysisId }: Owner, result: ResultPointer): Promise<boolean> {
    return isDeepStrictEqual((await this.find(userId, analysisId))?.result, result);
  }

  /** Ends the job as failed, in the same way. */
  fail(
    attempt: AttemptBeyond,
    end: { error: ProblemDetails; event: StockToolEvent; finishedAt: string },
  ): Promise<boolean> {
    const { error, event, finishedAt } = end;
    return this.asOwner(attempt, { status: 'failed', finishedAt, error, ...this.outbox(event) }, ['leaseUntilEpochMs']);
  }

  /**
   * Ends as failed what nobody works on any more: it has been tried often enough. False when it had ended already or another
   * worker holds a living lease.
   */
  async abandon(
    userId: string,
    analysisId: string,
    end: { error: ProblemDetails; event: StockToolEvent; finishedAt: string },
  ): Promise<boolean> {
    const { error, event, finishedAt } = end;
    const change = stateUpdate(userId, analysisId, {
      set: { status: 'failed', finishedAt, error, ...this.outbox(event) },
      remove: ['leaseUntilEpochMs'],
      when: mayStart,
      values: { ':queued': 'queued', ':running': 'running', ':nowEpochMs': this.clock.epochMs() },
    });
    return 'row' in (await this.conditionally(change));
  }

  /** Ends what is queued or running. Problem `analysis-finished` when it has ended, `analysis-not-found` when it never was. */
  async cancel(userId: string, analysisId: string): Promise<AnalysisState> {
    const change = stateUpdate(userId, analysisId, {
      set: { status: 'cancelled', finishedAt: this.later(0) },
      remove: ['leaseUntilEpochMs', 'dueKind', 'dueAt'],
      when: '#status IN (:queued, :running)',
      values: { ':queued': 'queued', ':running': 'running' },
    });
    const outcome = await this.conditionally(change);
    if ('row' in outcome) return stateOf(outcome.row);
    if (!outcome.refusedBy) throw notFound(analysisId);
    throw new Problem('analysis-finished', `Analysis ${analysisId} is ${outcome.refusedBy.status}.`);
  }

  /**
   * Events whose publication is overdue. Each is handed to one sweeper only until the next due time; whoever gets it
   * publishes it and then calls `clearEvent`.
   */
  pendingEvents(limit: number): Promise<PendingEvent[]> {
    const read = ({ userId, analysisId, event = '' }: StateRow): PendingEvent => ({
      userId,
      analysisId,
      event: parseJson(StockToolEvent, event),
    });
    return this.dueRows.claim({ kind: 'outbox', nextAfterMs: () => republishAfterMs, read }, limit);
  }

  /** After the event has been published. Doing it twice changes nothing. */
  async clearEvent(userId: string, analysisId: string): Promise<void> {
    await this.conditionally(
      stateUpdate(userId, analysisId, {
        set: {},
        remove: ['event', 'dueKind', 'dueAt'],
        when: '#dueKind = :outbox',
        values: { ':outbox': 'outbox' },
      }),
    );
  }

  /** Analyses that no worker has picked up in time, or whose worker has let its lease run out; the caller sends their messages again. */
  requeueDue(limit: number): Promise<{ userId: string; analysisId: string }[]> {
    return this.dueRows.claim(
      {
        kind: 'queued',
        nextAfterMs: ({ requeues = 0 }) => requeueAfterMs(requeues + 1),
        compute: ['#requeues = if_not_exists(#requeues, :none) + :one'],
        values: { ':none': 0 },
        read: ({ userId, analysisId }) => ({ userId, analysisId }),
      },
      limit,
    );
  }

  private giveBack({ userId, analysisId, number, requeues }: Owner, counter: 'released' | 'failures') {
    return this.conditionally(
      stateUpdate(userId, analysisId, {
        set: { leaseUntilEpochMs: 0, ...this.due('queued', requeueAfterMs(requeues)) },
        compute: [`#${counter} = if_not_exists(#${counter}, :none) + :one`],
        when: ownedBy,
        values: { ':none': 0, ':running': 'running', ':attempt': number },
      }),
    );
  }

  private async asOwner(attempt: Owner, set: Record<string, unknown>, remove: string[] = []): Promise<boolean> {
    const outcome = await this.conditionally(
      stateUpdate(attempt.userId, attempt.analysisId, {
        set,
        remove,
        when: ownedBy,
        values: { ':running': 'running', ':attempt': attempt.number },
      }),
    );
    return 'row' in outcome;
  }

  /** A refused condition is an answer here, with the item that refused. */
  private async conditionally(
    change: ReturnType<typeof stateUpdate>,
  ): Promise<{ row: StateRow } | { refusedBy: StateRow | undefined }> {
    try {
      return { row: StateRow.parse(await this.dynamo.update({ TableName: this.tableName, ...change })) };
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
      return { refusedBy: error.item && StateRow.parse(error.item) };
    }
  }

  private async row(userId: string, analysisId: string): Promise<StateRow> {
    const row = await this.find(userId, analysisId);
    if (!row) throw notFound(analysisId);
    return row;
  }

  private async find(userId: string, analysisId: string): Promise<StateRow | undefined> {
    const Key = { userId, itemId: stateItemId(analysisId) };
    const item = await this.dynamo.get({ TableName: this.tableName, Key, ConsistentRead: true });
    return item && StateRow.parse(item);
  }

  private async erasedOrUnknown(userId: string, analysisId: string): Promise<NotStarted> {
    if (await this.erased.has(userId)) return { finished: true };
    throw notFound(analysisId);
  }

  private async request(userId: string, analysisId: string): Promise<Asked | undefined> {
    const Key = { userId, itemId: requestItemId(analysisId) };
    const item = await this.dynamo.get({ TableName: this.tableName, Key, ConsistentRead: true });
    return item && askedIn(item);
  }

  private outbox(event: StockToolEvent) {
    return { event: JSON.stringify(event), ...this.due('outbox', republishAfterMs) };
  }

  private lease(seconds: number) {
    const leaseUntilEpochMs = this.clock.epochMs() + seconds * 1000;
    return { leaseUntilEpochMs, ...this.due('queued', seconds * 1000 + healAfterLeaseMs) };
  }

  private due(dueKind: 'queued' | 'outbox', inMs: number) {
    return { dueKind, dueAt: this.later(inMs) };
  }

  private later(milliseconds: number): string {
    return new Date(this.clock.epochMs() + milliseconds).toISOString();
  }
}

type Owner = Pick<Attempt, 'userId' | 'analysisId' | 'number' | 'requeues'>;

function notStarted(row: StateRow, nowEpochMs: number): NotStarted {
  if (isFinished(row.status)) return { finished: true };
  const leasedForMs = Math.max((row.leaseUntilEpochMs ?? 0) - nowEpochMs, 0);
  return { finished: false, leasedForSeconds: Math.ceil(leasedForMs / 1000) };
}

/** What was asked, as far as this version knows it, and the names of what only a later one does. */
interface Asked {
  readonly known: AnalysisRequest | undefined;
  readonly unknown: readonly string[];
}

const askedOfNewer = 'A newer version accepted this request; this process cannot read it.';

/** Each row was valid for the version that wrote it: a fault inside the request is a later version's; what is no request at all is damaged. */
function askedIn(item: unknown): Asked {
  try {
    const { known, unknown } = parseKnown(RequestRow, item);
    return { known: known.request, unknown };
  } catch (error) {
    const insideRequest = error instanceof ZodError && error.issues.every(({ path }) => path.length > 1);
    if (!insideRequest) throw error;
    return { known: undefined, unknown: error.issues.map(({ path }) => path.join('.')) };
  }
}

const notFound = (analysisId: string) => new Problem('analysis-not-found', `There is no analysis ${analysisId}.`);

const ownStateKey = (key: CursorKey, userId: string): boolean =>
  Object.keys(key).length === 2 && key['userId'] === userId && key['itemId']?.startsWith(stateItemId('')) === true;
