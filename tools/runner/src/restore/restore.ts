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
import { restoreObjects } from './restore-objects';
import { restoreTables } from './restore-tables';

const recoverable = Object.entries<TableSpec>(topology.tables).filter(
  ([, { pointInTimeRecovery }]) => pointInTimeRecovery,
);
const usage = `npm run restore -- tables [${recoverable.map(([id]) => id).join('] [')}] --at <time>   (none named: all of them)
npm run restore -- objects <${Object.keys(topology.buckets).join('|')}> --from <time> --until <time> [--prefix results/]`;
const attemptsAtMost = 10;

/**
 * `npm run restore`: brings back what a table or a bucket has lost, in the account that the environment names (AWS_REGION, credentials,
 * S3_BUCKET_SUFFIX; AWS_ENDPOINT_URL for another backend). It adds what is missing and changes nothing that is there.
 */
export async function restore(arguments_: readonly string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const { positionals, values } = parseArgs({
    args: [...arguments_],
    allowPositionals: true,
    options: { at: text, from: text, until: text, prefix: text },
  });
  const [what, ...ids] = positionals;
  const [id = ''] = ids;
  if (what === 'tables' && ids.every((one) => Object.hasOwn(topology.tables, one)))
    console.log(JSON.stringify(await tables(ids as TableId[], momentOf('at', values.at)), undefined, 2));
  else if (what === 'objects' && Object.hasOwn(topology.buckets, id)) {
    const window = { from: momentOf('from', values.from), until: momentOf('until', values.until) };
    console.log(
      JSON.stringify(await objects(id as BucketId, { prefix: values.prefix ?? '', ...window }), undefined, 2),
    );
  } else throw new Failure(usage);
  return 0;
}

async function tables(ids: readonly TableId[], at: Date) {
  const dynamodb = new DynamoDBClient({ maxAttempts: attemptsAtMost });
  try {
    const named = ids.map((id) => topology.tables[id]);
    return await restoreTables(dynamodb, named.length > 0 ? named : recoverable.map(([, spec]) => spec), at);
  } finally {
    dynamodb.destroy();
  }
}

async function objects(id: BucketId, window: { prefix: string; from: Date; until: Date }) {
  const { name, versioned }: BucketSpec = topology.buckets[id];
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
