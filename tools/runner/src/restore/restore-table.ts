import { setTimeout as delay } from 'node:timers/promises';
import {
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  type DynamoDBClient,
  RestoreTableToPointInTimeCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { erasedUserKeptDays, type TableSpec } from '@stocktool/topology';
import { Failure } from '../failure';
import { copyBack, type Copied } from './copy-back';
import type { ErasedOwners } from './erased-owners';

const restorableTimeoutMs = 15 * 60_000;
const restorablePollMs = 500;
const copyTimeoutSeconds = 6 * 3600;
const copyPollSeconds = 2;

export interface RestoredTable extends Copied {
  readonly table: string;
  /** The moment that was brought back: whole seconds, as DynamoDB keeps them. */
  readonly at: Date;
  readonly seconds: { readonly untilRestorable: number; readonly restore: number; readonly copyBack: number };
}

/**
 * Brings back what a table has lost since a moment: DynamoDB makes a copy of the table as it was then, and the items that
 * the table lacks are put into it. The table's name stays, and so does what was written since. The copy is deleted at the end; when
 * something fails it stays, and the command can be run again.
 */
export async function restoreTable(
  dynamodb: DynamoDBClient,
  table: TableSpec,
  moment: Date,
  erasedOwners: ErasedOwners,
): Promise<RestoredTable> {
  if (!table.pointInTimeRecovery)
    throw new Failure(`${table.name} has no point-in-time recovery: what is deleted there stays deleted.`);
  if (Date.now() - moment.getTime() > erasedUserKeptDays * 86_400_000)
    throw new Failure(
      `Whose account was erased is known for ${erasedUserKeptDays} days only: a restore to before then could bring them back.`,
    );
  const at = new Date(Math.floor(moment.getTime() / 1000) * 1000);
  const copy = `${table.name}-restored-${at.toISOString().replace(/[-:]|\.000/g, '')}`;
  const clock = stopwatch();

  await untilRestorable(dynamodb, table.name, at);
  const untilRestorableSeconds = clock();
  await dynamodb.send(
    new RestoreTableToPointInTimeCommand({
      SourceTableName: table.name,
      TargetTableName: copy,
      RestoreDateTime: at,
      // It is only read from end to end: without indexes the restore takes less time and money.
      GlobalSecondaryIndexOverride: [],
    }),
  );
  await waitUntilTableExists(
    { client: dynamodb, maxWaitTime: copyTimeoutSeconds, minDelay: copyPollSeconds, maxDelay: 30 },
    { TableName: copy },
  );
  const restoreSeconds = clock();
  const copied = await copyBack(dynamodb, { copy, table, erasedOwners });
  const copyBackSeconds = clock();
  await dynamodb.send(new DeleteTableCommand({ TableName: copy }));
  return {
    table: table.name,
    at,
    ...copied,
    seconds: { untilRestorable: untilRestorableSeconds, restore: restoreSeconds, copyBack: copyBackSeconds },
  };
}

/** The newest moment that can be restored follows the present by a few minutes. */
async function untilRestorable(dynamodb: DynamoDBClient, TableName: string, at: Date): Promise<void> {
  const deadline = Date.now() + restorableTimeoutMs;
  for (;;) {
    const { ContinuousBackupsDescription } = await dynamodb.send(new DescribeContinuousBackupsCommand({ TableName }));
    const window = ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
    if (window?.PointInTimeRecoveryStatus !== 'ENABLED')
      throw new Failure(`${TableName} is declared with point-in-time recovery, but does not have it.`);
    const { EarliestRestorableDateTime: earliest, LatestRestorableDateTime: latest } = window;
    if (earliest !== undefined && at < earliest)
      throw new Failure(`${TableName} can be restored from ${earliest.toISOString()} on.`);
    if (latest !== undefined && at <= latest) return;
    if (Date.now() > deadline) throw new Failure(`${at.toISOString()} did not become restorable for ${TableName}.`);
    await delay(restorablePollMs);
  }
}

/** Each call gives the seconds since the one before. */
function stopwatch(): () => number {
  let since = performance.now();
  return () => {
    const now = performance.now();
    const seconds = (now - since) / 1000;
    since = now;
    return seconds;
  };
}
