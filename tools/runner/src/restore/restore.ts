import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import {
  bucketName,
  topology,
  type BucketId,
  type BucketSpec,
  type TableId,
  type TableSpec,
} from '@stocktool/topology';
import { Failure } from '../failure';
import { restoreDropped } from './restore-dropped';
import { restoreObjects } from './restore-objects';
import { restoreOverwritten } from './restore-overwritten';
import { restoreTables } from './restore-tables';

const recoverable = Object.entries<TableSpec>(topology.tables).filter(
  ([, { pointInTimeRecovery }]) => pointInTimeRecovery,
);
const usage = [
  `npm run restore -- tables [${recoverable.map(([id]) => id).join('] [')}] --at <time>   (none named: all of them)`,
  'npm run restore -- overwritten <table> --from <time> --until <time> [--attributes name,email] [--dry-run]',
  'npm run restore -- dropped <table>',
  `npm run restore -- objects <${Object.keys(topology.buckets).join('|')}> --from <time> --until <time> [--prefix results/]`,
].join('\n');
const attemptsAtMost = 10;

/**
 * `npm run restore`: brings back what a table or a bucket has lost, in the account that the environment names (AWS_REGION, credentials,
 * S3_BUCKET_SUFFIX; AWS_ENDPOINT_URL for another backend). What was written since the loss is never changed.
 */
export async function restore(arguments_: readonly string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const { positionals, values } = parseArgs({
    args: [...arguments_],
    allowPositionals: true,
    options: {
      ...{ at: text, from: text, until: text, prefix: text, attributes: text },
      'dry-run': { type: 'boolean', default: false },
    },
  });
  const [what = '', ...ids] = positionals;
  const window = () => ({ from: momentOf('from', values.from), until: momentOf('until', values.until) });
  const forms: Readonly<Record<string, () => Promise<object>>> = {
    tables: () => tables(ids.map(tableOf), momentOf('at', values.at)),
    overwritten: () => {
      const attributes = values.attributes === undefined ? {} : { attributes: values.attributes.split(',') };
      const overwritten = { ...window(), ...attributes, dryRun: values['dry-run'] };
      return withDynamo((dynamodb) => restoreOverwritten(dynamodb, tableOf(ids[0]), overwritten));
    },
    dropped: () => withDynamo((dynamodb) => restoreDropped(dynamodb, tableOf(ids[0]))),
    objects: () => objects(bucketOf(ids[0]), { prefix: values.prefix ?? '', ...window() }),
  };
  const form = Object.hasOwn(forms, what) ? forms[what] : undefined;
  if (form === undefined || (what !== 'tables' && ids.length !== 1)) throw new Failure(usage);
  console.log(JSON.stringify(await form(), undefined, 2));
  return 0;
}

function tableOf(id = ''): TableSpec {
  if (!Object.hasOwn(topology.tables, id)) throw new Failure(usage);
  return topology.tables[id as TableId];
}

function bucketOf(id = ''): BucketSpec {
  if (!Object.hasOwn(topology.buckets, id)) throw new Failure(usage);
  return topology.buckets[id as BucketId];
}

async function withDynamo<Result>(work: (dynamodb: DynamoDBClient) => Promise<Result>): Promise<Result> {
  const dynamodb = new DynamoDBClient({ maxAttempts: attemptsAtMost });
  try {
    return await work(dynamodb);
  } finally {
    dynamodb.destroy();
  }
}

const tables = (named: readonly TableSpec[], at: Date) =>
  withDynamo((dynamodb) => restoreTables(dynamodb, named.length > 0 ? named : recoverable.map(([, spec]) => spec), at));

async function objects({ name, versioned }: BucketSpec, window: { prefix: string; from: Date; until: Date }) {
  if (!versioned) throw new Failure(`${name} keeps no versions: what is deleted there stays deleted.`);
  const s3 = new S3Client({
    maxAttempts: attemptsAtMost,
    forcePathStyle: process.env['AWS_ENDPOINT_URL'] !== undefined,
  });
  try {
    return await restoreObjects(s3, { bucket: bucketName(name, process.env['S3_BUCKET_SUFFIX'] ?? ''), ...window });
  } finally {
    s3.destroy();
  }
}

function momentOf(option: string, text: string | undefined): Date {
  const moment = new Date(text ?? '');
  if (Number.isNaN(moment.getTime()) || !/(Z|[+-]\d\d:\d\d)$/.test(text ?? ''))
    throw new Failure(`--${option} is a time with its zone, such as 2026-01-31T12:00:00Z.`);
  return moment;
}
