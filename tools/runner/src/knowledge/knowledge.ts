import { Dynamo } from '@stocktool/aws-dynamodb';
import { objectStore } from '@stocktool/aws-s3';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { systemClock } from '@stocktool/contracts';
import { DocumentTable, RemoveDocument } from '@stocktool/knowledge';
import { z } from 'zod';
import { Failure } from '../failure';
import { syncFolder } from './sync-folder';

const usage = 'npm run knowledge -- sync <folder> --owner <user id>';
const Owner = z.uuid();

/**
 * `npm run knowledge -- sync`: brings the documents of a user to what lies in a folder, in the account that the environment names. The
 * chat service reads them as it reads uploads.
 */
export async function knowledge([verb, folder, option, value]: readonly string[]): Promise<number> {
  const owner = Owner.safeParse(value);
  if (verb !== 'sync' || folder === undefined || option !== '--owner' || !owner.success) throw new Failure(usage);
  const client = new DynamoDBClient({ maxAttempts: 5 });
  const { AWS_ENDPOINT_URL, S3_BUCKET_SUFFIX = '' } = process.env;
  try {
    const table = new DocumentTable(new Dynamo(client), systemClock);
    const objects = objectStore({ ...(AWS_ENDPOINT_URL && { AWS_ENDPOINT_URL }), S3_BUCKET_SUFFIX });
    const removal = new RemoveDocument(table, objects, systemClock);
    const done = await syncFolder(folder, owner.data, { table, objects, removal });
    for (const [name, why] of done.skipped) console.log(`left out: ${name}: ${why}`);
    console.log(`put ${done.put.length}, unchanged ${done.unchanged.length}, removed ${done.removed.length}`);
    return 0;
  } finally {
    client.destroy();
  }
}
