import { ConditionFailed, Dynamo, type Item } from '@stocktool/aws-dynamodb';
import { Clock, Problem, type ProblemDetails, type RpcEvent } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { StreamHead, StreamPart, streamLifeSeconds, streamScopeOf as scopeOf } from './stream-rows';
import { UserStreams } from './user-streams';

const headItemId = sequenceId(0);
const notFound = (messageId: string) => new Problem('message-not-found', `There is no running reply ${messageId}.`);

/** Sorts as the numbers do. */
function sequenceId(sequence: number): string {
  return String(sequence).padStart(10, '0');
}

export interface StoredEvents {
  readonly events: readonly RpcEvent[];
  readonly lastPart: number;
  readonly through: number;
  /** False when there is more in the table right now. */
  readonly complete: boolean;
}

/**
 * A reply's events as readers of any process see them, for ten minutes: a head item (sequence 0) and parts, each under its
 * first sequence. Only the process that runs the reply appends; who finds its heartbeat stale ends the reply in its place,
 * by one conditional write, after which the late owner is refused.
 */
export class StreamTable {
  private readonly ofUsers: UserStreams;

  constructor(
    private readonly dynamo: Dynamo,
    private readonly clock: Clock,
    private readonly table: string = topology.tables.idempotency.name,
    /** For what somebody waits for: the beginning of a reply, and reading one. */
    private readonly prompt: Dynamo = dynamo,
  ) {
    this.ofUsers = new UserStreams(prompt, clock, table);
  }

  /** False when it was opened before: one caller runs the reply, the others read it. */
  async open(userId: string, messageId: string): Promise<boolean> {
    const now = this.clock.epochMs();
    const head: StreamHead = {
      messageId,
      userId,
      startedAtEpochMs: now,
      heartbeatAtEpochMs: now,
      readerSeenAtEpochMs: now,
    };
    try {
      const put = this.prompt.put({
        TableName: this.table,
        Item: { scope: scopeOf(messageId), itemId: headItemId, ...head, ttl: this.ttl() },
        ConditionExpression: 'attribute_not_exists(itemId)',
        ownWrite: true,
      });
      await Promise.all([put, this.ofUsers.add(userId, messageId)]); // no event is written before both
      return true;
    } catch (error) {
      if (error instanceof ConditionFailed) return false;
      throw error;
    }
  }

  async append(messageId: string, { firstSequence, events }: StreamPart): Promise<void> {
    await this.dynamo.put({
      TableName: this.table,
      Item: { scope: scopeOf(messageId), itemId: sequenceId(firstSequence), firstSequence, events, ttl: this.ttl() },
    });
  }

  /** Says that the process lives. Undefined when the reply has been ended by another: the owner must stop. */
  beat(messageId: string): Promise<StreamHead | undefined> {
    return this.change(messageId, 'SET heartbeatAtEpochMs = :now, #ttl = :ttl', 'attribute_not_exists(lastSequence)', {
      ':now': this.clock.epochMs(),
      ':ttl': this.ttl(),
    });
  }

  /** After the last part. Undefined as in `beat`. */
  finish(messageId: string, lastSequence: number): Promise<StreamHead | undefined> {
    return this.change(messageId, 'SET lastSequence = :last, #ttl = :ttl', 'attribute_not_exists(lastSequence)', {
      ':last': lastSequence,
      ':ttl': this.ttl(),
    });
  }

  /** The verdict of a reader: `head` is as it was seen, so that an owner who came back to life wins. */
  interrupt(head: StreamHead, lastSequence: number, problem: ProblemDetails): Promise<StreamHead | undefined> {
    return this.change(
      head.messageId,
      'SET lastSequence = :last, interruptedBy = :problem, #ttl = :ttl',
      'attribute_not_exists(lastSequence) AND heartbeatAtEpochMs = :seen',
      { ':last': lastSequence, ':problem': problem, ':seen': head.heartbeatAtEpochMs, ':ttl': this.ttl() },
    );
  }

  /** Undefined when the reply has ended. */
  requestCancel(messageId: string): Promise<StreamHead | undefined> {
    return this.change(messageId, 'SET cancelRequested = :yes', 'attribute_not_exists(lastSequence)', { ':yes': true });
  }

  /** A reader in another process than the reply's. Undefined when the reply has ended. */
  readerSeen(messageId: string): Promise<StreamHead | undefined> {
    return this.change(messageId, 'SET readerSeenAtEpochMs = :now', 'attribute_not_exists(lastSequence)', {
      ':now': this.clock.epochMs(),
    });
  }

  /** Problem `message-not-found` for what never was, is past its ten minutes, or is another's. */
  async head(userId: string, messageId: string): Promise<StreamHead> {
    const Key = { scope: scopeOf(messageId), itemId: headItemId };
    const item = await this.prompt.get({ TableName: this.table, Key, ConsistentRead: true });
    const head = item && StreamHead.parse(item);
    if (!head || head.userId !== userId) throw notFound(messageId);
    return head;
  }

  /**
   * Events after a sequence, in order: what one page of parts holds, or the next pages when that is nothing. Parts begin
   * anywhere, so reading starts at `fromPart`, the first sequence of a part already known, 1 at the start. `through` is the
   * last sequence in the table as far as it was read.
   */
  async events(messageId: string, after: number, fromPart: number): Promise<StoredEvents> {
    let found: StoredEvents = { events: [], lastPart: fromPart, through: 0, complete: false };
    let ExclusiveStartKey: Item | undefined;
    do {
      const { items, lastKey } = await this.prompt.query({
        TableName: this.table,
        KeyConditionExpression: '#scope = :scope AND itemId >= :from',
        ExpressionAttributeNames: { '#scope': 'scope' },
        ExpressionAttributeValues: { ':scope': scopeOf(messageId), ':from': sequenceId(Math.max(fromPart, 1)) },
        ConsistentRead: true,
        ExclusiveStartKey,
      });
      const parts = items.map((item) => StreamPart.parse(item));
      const all = parts.flatMap(({ firstSequence, events }) =>
        events.map((json, i): RpcEvent => ({ sequence: firstSequence + i, json })),
      );
      found = {
        events: all.filter(({ sequence }) => sequence > after),
        lastPart: parts.at(-1)?.firstSequence ?? found.lastPart,
        through: all.at(-1)?.sequence ?? found.through,
        complete: lastKey === undefined,
      };
      ExclusiveStartKey = lastKey;
    } while (ExclusiveStartKey && found.events.length === 0);
    return found;
  }

  private async change(
    messageId: string,
    UpdateExpression: string,
    condition: string,
    values: Item,
  ): Promise<StreamHead | undefined> {
    try {
      const item = await this.dynamo.update({
        TableName: this.table,
        Key: { scope: scopeOf(messageId), itemId: headItemId },
        UpdateExpression,
        ConditionExpression: `attribute_exists(itemId) AND ${condition}`,
        ...(UpdateExpression.includes('#ttl') && { ExpressionAttributeNames: { '#ttl': 'ttl' } }),
        ExpressionAttributeValues: values,
        ReturnValues: 'ALL_NEW',
        ownWrite: true,
      });
      return StreamHead.parse(item);
    } catch (error) {
      if (error instanceof ConditionFailed) return undefined;
      throw error;
    }
  }

  private ttl(): number {
    return this.clock.epochSeconds() + streamLifeSeconds;
  }
}
