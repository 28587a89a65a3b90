import { S3Client } from '@aws-sdk/client-s3';
import { type DynamicModule, Module } from '@nestjs/common';
import { clientSettings } from '@stocktool/aws-client';
import { ObjectStore } from './object-store';

export interface ObjectStoreSettings {
  /** Set for every backend but AWS; the SDK reads it too, but has no variable for path-style addresses. */
  AWS_ENDPOINT_URL?: string | undefined;
  /** Where browsers reach the same store, when that differs. */
  S3_PUBLIC_ENDPOINT_URL?: string | undefined;
  /** Names of buckets are one space for all accounts of AWS; there, ours end with this. */
  S3_BUCKET_SUFFIX?: string | undefined;
}

@Module({})
export class ObjectStoreModule {
  /** Provides `ObjectStore` everywhere. */
  // eslint-disable-next-line no-restricted-properties -- AWS_ENDPOINT_URL, as the SDK's own chain reads it
  static register(settings: ObjectStoreSettings = process.env): DynamicModule {
    return {
      module: ObjectStoreModule,
      global: true,
      providers: [{ provide: ObjectStore, useFactory: () => objectStore(settings) }],
      exports: [ObjectStore],
    };
  }
}

/** Also for programs without Nest. */
export function objectStore({
  AWS_ENDPOINT_URL,
  S3_PUBLIC_ENDPOINT_URL,
  S3_BUCKET_SUFFIX = '',
}: ObjectStoreSettings): ObjectStore {
  const settings = clientSettings({ requestTimeoutMs: 30_000 });
  const client = new S3Client({ ...settings, ...addressed(AWS_ENDPOINT_URL) });
  // The default would put the checksum of an empty body into a presigned PUT, which then refuses every real body.
  const signer = new S3Client({
    ...settings,
    ...addressed(S3_PUBLIC_ENDPOINT_URL || AWS_ENDPOINT_URL),
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  return new ObjectStore(client, signer, S3_BUCKET_SUFFIX);
}

const addressed = (endpoint: string | undefined) => (endpoint ? { endpoint, forcePathStyle: true } : {});
