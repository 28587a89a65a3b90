import { DeleteTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import { topology } from '@stocktool/topology';
import { restoreDropped } from '../restore/restore-dropped';
import { restoreObjects } from '../restore/restore-objects';
import { restoreOverwritten } from '../restore/restore-overwritten';
import { restoreTables } from '../restore/restore-tables';
import { wholeSecond } from '../restore/table-copy';
import { emptyBucket, emptyTable, overwrite } from './destroy';

/** What was done to the data, and when. */
export interface Struck {
  readonly from: Date;
  readonly until: Date;
  /** For the report: `370 items`. */
  readonly harm: string;
}

/** Something that goes wrong, and the way back that the runbook names for it. */
export interface Incident {
  readonly name: 'lost' | 'overwritten' | 'dropped';
  strike(): Promise<Struck>;
  /** What the restore told. */
  restore(struck: Struck): Promise<readonly object[]>;
  /** What was acknowledged before it is there after the restore. */
  keptUntil(struck: Struck): Date;
}

const { erasures, users, analyses, portfolios, subscriptions } = topology.tables;
const bucket = topology.buckets.reports.name;

/** By the functions behind `npm run restore`. */
export function incidents(dynamodb: DynamoDBClient, s3: S3Client): readonly Incident[] {
  /** What people cannot make again, and who was erased. */
  const emptied = [erasures, users, analyses, portfolios, subscriptions];
  /** An attribute of each without which nothing works. */
  const spoilt = [
    { table: users, attribute: 'passwordHash' },
    { table: subscriptions, attribute: 'target' },
    { table: portfolios, attribute: 'objectKey' },
  ];
  return [
    {
      name: 'lost',
      strike: () =>
        during(async () => {
          const items = await Promise.all(emptied.map((table) => emptyTable(dynamodb, table)));
          return `${sum(items)} items and ${await emptyBucket(s3, bucket)} objects deleted`;
        }),
      async restore({ from, until }) {
        const tables = await restoreTables(dynamodb, emptied, from);
        return [...tables, await restoreObjects(s3, { bucket, prefix: '', from, until })];
      },
      keptUntil: ({ from }) => wholeSecond(from),
    },
    {
      name: 'overwritten',
      strike: () =>
        during(async () => {
          const items = await Promise.all(spoilt.map(({ table, attribute }) => overwrite(dynamodb, table, attribute)));
          return `${sum(items)} items overwritten`;
        }),
      restore: ({ from, until }) =>
        Promise.all(
          spoilt.map(({ table, attribute }) =>
            restoreOverwritten(dynamodb, table, { from, until, attributes: [attribute] }),
          ),
        ),
      keptUntil: ({ from }) => wholeSecond(from),
    },
    {
      name: 'dropped',
      strike: () =>
        during(async () => {
          await dynamodb.send(new DeleteTableCommand({ TableName: portfolios.name }));
          return `${portfolios.name} dropped`;
        }),
      restore: async () => [await restoreDropped(dynamodb, portfolios)],
      // What was acknowledged was in the table when it was deleted.
      keptUntil: ({ until }) => until,
    },
  ];
}

async function during(work: () => Promise<string>): Promise<Struck> {
  const from = new Date();
  const harm = await work();
  return { from, until: new Date(), harm };
}

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);
