import { Logger } from '@nestjs/common';
import { ConditionFailed, Dynamo, type Item } from '@stocktool/aws-dynamodb';
import { Clock } from '@stocktool/contracts';
import { StateRow } from './analysis-rows';
import { stateUpdate } from './state-update';

const unreadableAgainAfterMs = 15 * 60_000;
const firstRequeueAfterMs = 60_000;
const longestRequeueAfterMs = 15 * 60_000;

/** How long a row waits for a worker before the sweep sends it another message: twice as long after each. */
export const requeueAfterMs = (requeues = 0): number =>
  Math.min(firstRequeueAfterMs * 2 ** requeues, longestRequeueAfterMs);

export interface DueKind<Due> {
  readonly kind: 'queued' | 'outbox';
  readonly nextAfterMs: (row: StateRow) => number;
  /** Assignments that go with the next due time, and their values. */
  readonly compute?: readonly string[];
  readonly values?: Readonly<Record<string, unknown>>;
  /** What the sweeper gets; throws when the row cannot be read. */
  readonly read: (row: StateRow) => Due;
}

/** Rows whose due time has passed. Each stands for itself: one that cannot be read or claimed keeps no other from its sweeper. */
export class DueRows {
  private readonly logger = new Logger(DueRows.name);

  constructor(
    private readonly dynamo: Dynamo,
    private readonly clock: Clock,
    private readonly tableName: string,
  ) {}

  /** One page. The due time is moved first and by condition: of several sweepers one gets the row. */
  async claim<Due>(due: DueKind<Due>, limit: number): Promise<Due[]> {
    const { items } = await this.dynamo.query({
      TableName: this.tableName,
      IndexName: 'due-index',
      KeyConditionExpression: 'dueKind = :kind AND dueAt <= :now',
      ExpressionAttributeValues: { ':kind': due.kind, ':now': this.later(0) },
      Limit: limit,
    });
    const claims = items.map(async (item) => {
      const row = this.readable(item, due);
      try {
        if (!row) await this.putOff(item);
        return row && (await this.claimOne(row, due)) ? [due.read(row)] : [];
      } catch (error) {
        if (!(error instanceof ConditionFailed)) this.report(item, error, 'a due row could not be claimed');
        return [];
      }
    });
    return (await Promise.all(claims)).flat();
  }

  private readable<Due>(item: Item, due: DueKind<Due>): StateRow | undefined {
    try {
      const row = StateRow.parse(item);
      due.read(row);
      return row;
    } catch (error) {
      this.report(item, error, 'a due row cannot be read');
      return undefined;
    }
  }

  private async claimOne<Due>(
    row: StateRow,
    { kind, nextAfterMs, compute = [], values }: DueKind<Due>,
  ): Promise<boolean> {
    const change = stateUpdate(row.userId, row.analysisId, {
      set: { dueAt: this.later(nextAfterMs(row)) },
      compute,
      when: '#dueKind = :kind AND #dueAt = :seen',
      values: { ':kind': kind, ':seen': row.dueAt, ...values },
    });
    await this.dynamo.update({ TableName: this.tableName, ...change });
    return true;
  }

  /** So that rows nobody can read do not fill the page of those that are due. */
  private async putOff({ userId, itemId, dueAt }: Item): Promise<void> {
    await this.dynamo.update({
      TableName: this.tableName,
      Key: { userId, itemId },
      UpdateExpression: 'SET dueAt = :next',
      ConditionExpression: 'dueAt = :seen',
      ExpressionAttributeValues: { ':next': this.later(unreadableAgainAfterMs), ':seen': dueAt },
    });
  }

  private report({ itemId }: Item, err: unknown, msg: string): void {
    this.logger.error({ err, itemId, msg });
  }

  private later(milliseconds: number): string {
    return new Date(this.clock.epochMs() + milliseconds).toISOString();
  }
}
