import { type PrincipalId, topology } from '@stocktool/topology';
import { z } from 'zod';
import type { Request } from './policy';
import { account } from '../template/resolver';

const Call = z.looseObject({
  client: z.string(),
  service: z.string(),
  operation: z.string(),
  resource: z.string().optional(),
  index: z.string().optional(),
});
export const Recording = z.object({ calls: z.array(Call), dropped: z.literal(0) });
type Call = z.infer<typeof Call>;

export interface RecordedRequest extends Request {
  readonly principal: PrincipalId;
}

/** Who the recorded client is; undefined for tests, the provisioner and people. A presigned link acts for who signed it. */
export function principalOf({ client }: Call): PrincipalId | undefined {
  if (client === 'presigned') return 'apiGateway';
  const all = [...Object.entries(topology.services), ...Object.entries(topology.functions)];
  return all.find(([, { name }]) => name === client)?.[0] as PrincipalId | undefined;
}

/** A call as IAM is asked about it. Throws on an operation that is not known here. */
export function requestOf(call: Call): Request {
  const { service, operation } = call;
  const resource = own(call.resource ?? '');
  const arn = (name: string) => `arn:${account.partition}:${service}:${account.region}:${account.id}:${name}`;
  const request = (action: string, on: string, context: Record<string, string> = {}): Request => ({
    action: `${service}:${action}`,
    resource: on,
    context,
  });
  switch (service) {
    case 'dynamodb':
      return request(operation, arn(`table/${resource}${call.index === undefined ? '' : `/index/${call.index}`}`));
    case 'sqs':
      return request(operation.replace(/Batch$/, ''), arn(resource));
    case 'sns':
      return operation === 'ListTopics'
        ? request(operation, '*')
        : request(operation.replace(/Batch$/, ''), arn(resource));
    case 'secretsmanager':
      return request(operation, arn(`secret:${resource}-suffix`));
    case 's3':
      return s3Request(operation, resource);
    case 'monitoring':
    case 'cloudwatch':
      return { action: `cloudwatch:${operation}`, resource: '*', context: namespaceOf(operation, resource) };
    default:
      throw new Error(`Calls of ${service} are not known here (${operation})`);
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ names the permission that each operation needs. */
const s3Actions: Readonly<Record<string, readonly [action: string, on: 'bucket' | 'object']>> = {
  GetObject: ['GetObject', 'object'],
  GetObjectVersion: ['GetObjectVersion', 'object'],
  HeadObject: ['GetObject', 'object'],
  PutObject: ['PutObject', 'object'],
  DeleteObject: ['DeleteObject', 'object'],
  DeleteObjects: ['DeleteObject', 'object'],
  DeleteObjectVersion: ['DeleteObjectVersion', 'object'],
  ListObjectVersions: ['ListBucketVersions', 'bucket'],
  HeadBucket: ['ListBucket', 'bucket'],
  ListObjectsV2: ['ListBucket', 'bucket'],
};

/** Recorded is the bucket and the first part of the key. */
function s3Request(operation: string, resource: string): Request {
  const [action, on] = s3Actions[operation] ?? [];
  if (action === undefined) throw new Error(`What ${operation} of S3 needs is not known here`);
  const [bucket = '', prefix] = resource.split('/');
  const bucketArn = `arn:${account.partition}:s3:::${bucket}-${account.id}`;
  if (on === 'object' && prefix === undefined) throw new Error(`${operation} of an unknown key of ${bucket}`);
  return { action: `s3:${action}`, resource: on === 'bucket' ? bucketArn : `${bucketArn}/${prefix}/key`, context: {} };
}

const namespaceOf = (operation: string, namespace: string): Record<string, string> =>
  operation === 'PutMetricData'
    ? { 'cloudwatch:namespace': namespace.replace(/^Test\/.*/, topology.metricNamespace) }
    : {};

/** Tests make resources of the topology under names of their own: `stocktool-users-0a1b2c3d`. */
const own = (name: string): string => name.replace(/-[0-9a-f]{8}(?=$|-dlq$)/, '');
