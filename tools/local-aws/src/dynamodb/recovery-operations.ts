import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { arn } from '../account';
import { AwsError } from '../aws-error';
import { operation, type Operations } from '../http/json-service';
import type { Index } from './dynalite';
import { ddbError } from './errors';
import type { Table, Tables } from './tables';

const Named = z.object({ TableName: z.string() });
/** Strict: an override that would be ignored is refused. */
const Restore = z.strictObject({
  SourceTableName: z.string().nullish(),
  SourceTableArn: z.string().nullish(),
  TargetTableName: z.string().regex(/^[a-zA-Z0-9_.-]{3,255}$/),
  UseLatestRestorableTime: z.boolean().nullish(),
  RestoreDateTime: z.number().nullish(),
  /** Empty: the copy has no indexes. */
  GlobalSecondaryIndexOverride: z.array(z.never()).nullish(),
});

const ListBackups = z.strictObject({
  TableName: z.string().nullish(),
  /** Backups on demand are not emulated. */
  BackupType: z.enum(['SYSTEM', 'ALL']),
});
const RestoreBackup = z.strictObject({
  TargetTableName: Restore.shape.TargetTableName,
  BackupArn: z.string(),
  GlobalSecondaryIndexOverride: Restore.shape.GlobalSecondaryIndexOverride,
});

/** Point-in-time recovery: its setting, its window, the restore of a table as another one, and what was kept of deleted tables. */
export function recoveryOperations(tables: Tables): Operations {
  const backups = (table: Table) => {
    const { earliestMs, latestMs } = tables.history.window(table);
    return {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: table.pointInTimeRecovery
        ? {
            PointInTimeRecoveryStatus: 'ENABLED',
            RecoveryPeriodInDays: table.recoveryPeriodDays,
            EarliestRestorableDateTime: earliestMs / 1000,
            LatestRestorableDateTime: latestMs / 1000,
          }
        : { PointInTimeRecoveryStatus: 'DISABLED' },
    };
  };

  return {
    UpdateContinuousBackups: operation(
      Named.extend({
        PointInTimeRecoverySpecification: z.object({
          PointInTimeRecoveryEnabled: z.boolean(),
          RecoveryPeriodInDays: z.number().int().min(1).max(35).nullish(),
        }),
      }),
      async ({ TableName, PointInTimeRecoverySpecification: wanted }) => {
        const table = tables.byArn(TableName);
        const since = table.pointInTimeRecovery ? table.pointInTimeRecoverySince : Date.now() / 1000;
        const next: Table = {
          ...table,
          pointInTimeRecovery: wanted.PointInTimeRecoveryEnabled,
          recoveryPeriodDays: wanted.RecoveryPeriodInDays ?? 35,
          pointInTimeRecoverySince: wanted.PointInTimeRecoveryEnabled ? since : undefined,
        };
        await tables.put(next);
        if (!next.pointInTimeRecovery) await tables.history.erase(next.description.TableName);
        return { ContinuousBackupsDescription: backups(next) };
      },
    ),
    DescribeContinuousBackups: operation(Named, ({ TableName }) => ({
      ContinuousBackupsDescription: backups(tables.byArn(TableName)),
    })),
    RestoreTableToPointInTime: operation(Restore, async (input) => {
      const source = sourceOf(tables, input);
      const moment = momentOf(tables, source, input);
      const target = restored(source, input.TargetTableName, input.GlobalSecondaryIndexOverride ? [] : undefined);
      refuseExisting(tables, input.TargetTableName);
      await tables.restore(source.description.TableName, moment, target);
      const RestoreSummary = {
        SourceTableArn: source.description.TableArn,
        RestoreDateTime: moment / 1000,
        RestoreInProgress: true,
      };
      return { TableDescription: { ...target.description, TableStatus: 'CREATING', RestoreSummary } };
    }),
    ListBackups: operation(ListBackups, ({ TableName }) => ({
      BackupSummaries: tables
        .backups()
        .filter(({ backup }) => !TableName || backup.of.TableName === TableName.split('/').at(-1))
        .map(({ backup: { arn: BackupArn, createdAtMs, of } }) => ({
          TableName: of.TableName,
          TableId: of['TableId'],
          TableArn: of.TableArn,
          BackupArn,
          BackupName: `${of.TableName}$DeletedTableBackup`,
          BackupCreationDateTime: createdAtMs / 1000,
          BackupStatus: 'AVAILABLE',
          BackupType: 'SYSTEM',
        })),
    })),
    RestoreTableFromBackup: operation(RestoreBackup, async (input) => {
      const kept = tables.backups().find(({ backup }) => backup.arn === input.BackupArn);
      if (!kept) throw ddbError('BackupNotFoundException', `Backup not found: ${input.BackupArn}`);
      refuseExisting(tables, input.TargetTableName);
      const indexes = input.GlobalSecondaryIndexOverride ? [] : undefined;
      const target = restored({ ...kept, description: kept.backup.of }, input.TargetTableName, indexes);
      await tables.restore(kept.description.TableName, Date.now(), target);
      const RestoreSummary = {
        SourceBackupArn: input.BackupArn,
        SourceTableArn: kept.backup.of.TableArn,
        RestoreDateTime: kept.backup.createdAtMs / 1000,
        RestoreInProgress: true,
      };
      return { TableDescription: { ...target.description, TableStatus: 'CREATING', RestoreSummary } };
    }),
  };
}

function refuseExisting(tables: Tables, name: string): void {
  if (tables.names().includes(name)) throw ddbError('TableAlreadyExistsException', `Table already exists: ${name}`);
}

type Restore = z.infer<typeof Restore>;

function sourceOf(tables: Tables, { SourceTableArn, SourceTableName }: Restore): Table {
  const named = (SourceTableArn ?? SourceTableName ?? '').split('/').at(-1) ?? '';
  const source = tables.list().find(({ description }) => description.TableName === named);
  if (!source) throw ddbError('TableNotFoundException', `Table not found: ${named}`);
  return source;
}

/** The moment asked for, in epoch milliseconds, if it is one that can be restored. */
function momentOf(tables: Tables, source: Table, { RestoreDateTime, UseLatestRestorableTime }: Restore): number {
  const name = source.description.TableName;
  if (!source.pointInTimeRecovery)
    throw ddbError(
      'PointInTimeRecoveryUnavailableException',
      `Point in time recovery is not enabled for table '${name}'`,
    );
  if (!tables.history.keeps(source))
    throw new AwsError('NotImplementedException', 'No history is kept: LOCAL_AWS_RECOVERY_HOURS is 0', { status: 501 });
  const { earliestMs, latestMs } = tables.history.window(source);
  if (UseLatestRestorableTime) return latestMs;
  const moment = (RestoreDateTime ?? 0) * 1000;
  if (moment < earliestMs || moment > latestMs)
    throw ddbError('InvalidRestoreTimeException', 'RestoreDateTime is not within the restorable window');
  return moment;
}

/** As AWS: key, indexes and capacity come along; expiry, recovery, tags and protection do not. */
function restored({ description }: Table, TableName: string, indexes: Index[] | undefined): Table {
  const TableArn = arn('dynamodb', `table/${TableName}`);
  const { GlobalSecondaryIndexes, AttributeDefinitions, ...rest } = description;
  const kept = indexes ?? GlobalSecondaryIndexes;
  const used = new Set(
    [description, ...(kept ?? []), ...(description.LocalSecondaryIndexes ?? [])].flatMap(({ KeySchema }) =>
      KeySchema.map(({ AttributeName }) => AttributeName),
    ),
  );
  return {
    description: {
      ...rest,
      TableName,
      TableArn,
      TableId: randomUUID(),
      CreationDateTime: Date.now() / 1000,
      DeletionProtectionEnabled: false,
      AttributeDefinitions: AttributeDefinitions.filter(({ AttributeName }) => used.has(AttributeName)),
      ...(kept && kept.length > 0 && { GlobalSecondaryIndexes: kept.map((index) => ofTable(index, TableArn)) }),
    },
    pointInTimeRecovery: false,
    recoveryPeriodDays: 35,
    tags: {},
  };
}

const ofTable = (index: Index, tableArn: string): Index & { IndexArn: string } => ({
  ...index,
  IndexArn: `${tableArn}/index/${index.IndexName}`,
});
