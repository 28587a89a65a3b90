import type { S3Request } from './s3-request';

/**
 * Notes a call with the bucket and the first segment of the key, so that the number of resources stays small. Who follows a
 * presigned link is nobody: that call is made with the rights of who signed it.
 */
export function record({ recorder, client, bucket, params }: S3Request, operation: string, key: string): void {
  const slash = key.indexOf('/');
  const resource = slash > 0 ? `${bucket}/${key.slice(0, slash)}` : bucket;
  recorder.record(params.has('X-Amz-Signature') ? 'presigned' : client, {
    service: 's3',
    operation,
    ...(bucket !== '' && { resource }),
  });
}
