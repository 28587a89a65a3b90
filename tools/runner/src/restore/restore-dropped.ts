import {
  DescribeTableCommand,
  type DynamoDBClient,
  ListBackupsCommand,
  ResourceNotFoundException,
  RestoreTableFromBackupCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import type { TableSpec } from '@stocktool/topology';
import { Failure } from '../failure';
import { stopwatch } from './stopwatch';
import { restoreWait } from './table-copy';

export interface RestoredDropped {
  readonly table: string;
  /** When it was deleted: it is as it was then. */
  readonly droppedAt: Date;
  readonly seconds: { readonly restore: number; readonly settings: number };
}

/**
 * Makes a deleted table again under its own name, from the backup that DynamoDB itself keeps of a table with point-in-time recovery: whole,
 * with its indexes. Then what a restored table lacks: time to live, recovery, protection against deletion. Nothing that was erased before
 * is in it; an erasure that met no table is tried again until it is done.
 */
export async function restoreDropped(dynamodb: DynamoDBClient, table: TableSpec): Promise<RestoredDropped> {
  const { name: TableName } = table;
  if (!table.pointInTimeRecovery)
    throw new Failure(
      `${TableName} has no point-in-time recovery, so that no backup is made of it when it is deleted.`,
    );
  if (await exists(dynamodb, TableName))
    throw new Failure(`${TableName} is there: what it lacks is brought back by npm run restore -- tables.`);
  const backup = await newestBackup(dynamodb, TableName);
  const clock = stopwatch();
  await dynamodb.send(new RestoreTableFromBackupCommand({ TargetTableName: TableName, BackupArn: backup.arn }));
  await waitUntilTableExists({ client: dynamodb, ...restoreWait }, { TableName });
  const restore = clock();
  const TimeToLiveSpecification = { AttributeName: table.ttlAttribute, Enabled: true };
  await dynamodb.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
  await dynamodb.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }));
  await dynamodb.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: true }));
  return { table: TableName, droppedAt: backup.at, seconds: { restore, settings: clock() } };
}

async function exists(dynamodb: DynamoDBClient, TableName: string): Promise<boolean> {
  try {
    await dynamodb.send(new DescribeTableCommand({ TableName }));
    return true;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return false;
    throw error;
  }
}

async function newestBackup(dynamodb: DynamoDBClient, TableName: string): Promise<{ arn: string; at: Date }> {
  let newest: { arn: string; at: Date } | undefined;
  let ExclusiveStartBackupArn: string | undefined;
  do {
    const page = await dynamodb.send(
      new ListBackupsCommand({
        TableName,
        BackupType: 'SYSTEM',
        ...(ExclusiveStartBackupArn !== undefined && { ExclusiveStartBackupArn }),
      }),
    );
    for (const { BackupArn: arn, BackupCreationDateTime: at } of page.BackupSummaries ?? [])
      if (arn !== undefined && at !== undefined && (newest === undefined || at > newest.at)) newest = { arn, at };
    ExclusiveStartBackupArn = page.LastEvaluatedBackupArn;
  } while (ExclusiveStartBackupArn !== undefined);
  if (newest === undefined)
    throw new Failure(`There is no backup of a deleted ${TableName}: they are kept for 35 days.`);
  return newest;
}
