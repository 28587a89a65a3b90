import { S3Client } from '@aws-sdk/client-s3';
import { type DynamicModule, Module } from '@nestjs/common';
import { type Calls, clientSettings, Pulse } from '@stocktool/aws-client';
import { z } from 'zod';
import { ObjectStore } from './object-store';

/** What whoever uses buckets reads from the environment: part of the schema of each such service. */
export const objectStoreEnvironment = {
  /** Set for every backend but AWS; the SDK reads it too, but has no variable for path-style addresses. */
  AWS_ENDPOINT_URL: z.url().optional(),
  /** Where browsers reach the same store, when that differs. */
  S3_PUBLIC_ENDPOINT_URL: z.union([z.url(), z.literal('')]).optional(),
  /** Names of buckets are one space for all accounts of AWS; there, ours end with this. */
  S3_BUCKET_SUFFIX: z.string().max(40).default(''),
};
export type ObjectStoreSettings = Readonly<z.infer<z.ZodObject<typeof objectStoreEnvironment>>>;

/** Bodies are megabytes, and before an object is touched its row in a table has been asked for: that one tells of an outage sooner. */
const silenceMs = 2000;

@Module({})
export class ObjectStoreModule {
  /** Provides `ObjectStore` everywhere; `promptly` as in `Pulse`. */
  static register(settings: ObjectStoreSettings, { promptly = false }: { promptly?: boolean } = {}): DynamicModule {
    return {
      module: ObjectStoreModule,
      global: true,
      providers: [
        {
          provide: ObjectStore,
          useFactory: () => objectStore(settings, promptly ? new Pulse('The object store', silenceMs).call : undefined),
        },
      ],
      exports: [ObjectStore],
    };
  }
}

/** Also for programs without Nest. */
export function objectStore(
  { AWS_ENDPOINT_URL, S3_PUBLIC_ENDPOINT_URL, S3_BUCKET_SUFFIX }: ObjectStoreSettings,
  calls?: Calls,
): ObjectStore {
  const settings = clientSettings({ requestTimeoutMs: 30_000 });
  const client = new S3Client({ ...settings, ...addressed(AWS_ENDPOINT_URL) });
  // The default would put the checksum of an empty body into a presigned PUT, which then refuses every real body.
  const signer = new S3Client({
    ...settings,
    ...addressed(S3_PUBLIC_ENDPOINT_URL || AWS_ENDPOINT_URL),
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  return new ObjectStore(client, signer, S3_BUCKET_SUFFIX, calls);
}

const addressed = (endpoint: string | undefined) => (endpoint ? { endpoint, forcePathStyle: true } : {});
