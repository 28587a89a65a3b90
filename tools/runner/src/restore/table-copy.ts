import { setTimeout as delay } from 'node:timers/promises';
import {
  DescribeContinuousBackupsCommand,
  type DynamoDBClient,
  RestoreTableToPointInTimeCommand,
  TableAlreadyExistsException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { erasedUserKeptDays, topology, type TableSpec } from '@stocktool/topology';
import { Failure } from '../failure';
import { stopwatch } from './stopwatch';

const restorableTimeoutMs = 15 * 60_000;
const restorablePollMs = 500;
export const restoreWait = { maxWaitTime: 6 * 3600, minDelay: 2, maxDelay: 30 };

export interface TableCopy {
  readonly name: string;
  /** The moment that it shows: whole seconds, as DynamoDB keeps them. */
  readonly at: Date;
  readonly seconds: { readonly untilRestorable: number; readonly restore: number };
}

/** Throws Failure for what no restore may bring back. */
export function refuseWhatMustStayLost({ name, pointInTimeRecovery }: TableSpec, moment: Date): void {
  if (!pointInTimeRecovery)
    throw new Failure(`${name} has no point-in-time recovery: what is deleted there stays deleted.`);
  if (Date.now() - moment.getTime() > erasedUserKeptDays * 86_400_000)
    throw new Failure(
      `Whose account was erased is known for ${erasedUserKeptDays} days only: a restore to before then could bring them back.`,
    );
}

/**
 * Has DynamoDB make a copy of a table as it was, without indexes: it is only read from end to end. A copy that an earlier run of
 * the same restore left is used again.
 */
export async function copyOf(dynamodb: DynamoDBClient, table: TableSpec, moment: Date): Promise<TableCopy> {
  const clock = stopwatch();
  const at = await untilRestorable(dynamodb, table.name, wholeSecond(moment));
  const name = `${table.name}-restored-${at.toISOString().replace(/[-:]|\.000/g, '')}`;
  const untilRestorableSeconds = clock();
  try {
    await dynamodb.send(
      new RestoreTableToPointInTimeCommand({
        SourceTableName: table.name,
        TargetTableName: name,
        RestoreDateTime: at,
        GlobalSecondaryIndexOverride: [],
      }),
    );
  } catch (error) {
    if (!(error instanceof TableAlreadyExistsException)) throw error;
  }
  await waitUntilTableExists({ client: dynamodb, ...restoreWait }, { TableName: name });
  return { name, at, seconds: { untilRestorable: untilRestorableSeconds, restore: clock() } };
}

/** What a restore can be to. */
export const wholeSecond = (moment: Date): Date => new Date(Math.floor(moment.getTime() / 1000) * 1000);

/** The newest moment that can be restored follows the present by a few minutes. Gives the moment that will be restored. */
async function untilRestorable(dynamodb: DynamoDBClient, TableName: string, at: Date): Promise<Date> {
  const deadline = Date.now() + restorableTimeoutMs;
  for (;;) {
    const { ContinuousBackupsDescription } = await dynamodb.send(new DescribeContinuousBackupsCommand({ TableName }));
    const window = ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
    if (window?.PointInTimeRecoveryStatus !== 'ENABLED')
      throw new Failure(`${TableName} is declared with point-in-time recovery, but does not have it.`);
    const { EarliestRestorableDateTime: earliest, LatestRestorableDateTime: latest } = window;
    if (earliest !== undefined && at < earliest) {
      // The table of erasures is younger than what it guards: its first moment is as good as any, for an erasure is never undone.
      const first = new Date(Math.ceil(earliest.getTime() / 1000) * 1000);
      if (TableName === topology.tables.erasures.name) return untilRestorable(dynamodb, TableName, first);
      throw new Failure(`${TableName} can be restored from ${earliest.toISOString()} on.`);
    }
    if (latest !== undefined && at <= latest) return at;
    if (Date.now() > deadline) throw new Failure(`${at.toISOString()} did not become restorable for ${TableName}.`);
    await delay(restorablePollMs);
  }
}
