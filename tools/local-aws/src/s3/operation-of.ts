import { s3Error, s3NotImplemented } from './s3-error';
import { headerOf, type S3Request } from './s3-request';

/** Parameters that qualify an operation; any other one names something that is not emulated. */
const listing = [
  'prefix',
  'delimiter',
  'max-keys',
  'continuation-token',
  'start-after',
  'encoding-type',
  'fetch-owner',
  'marker',
  'list-type',
];
const markers = [
  'key-marker',
  'version-id-marker',
  'upload-id-marker',
  'max-uploads',
  'part-number-marker',
  'max-parts',
];
const qualifiersOf: Readonly<Record<string, ReadonlySet<string>>> = {
  GET: new Set([...listing, ...markers, 'max-buckets', 'bucket-region', 'versionId', 'uploadId', 'partNumber']),
  HEAD: new Set(['versionId', 'partNumber']),
  PUT: new Set(['uploadId', 'partNumber']),
  POST: new Set(['uploadId']),
  DELETE: new Set(['versionId', 'uploadId']),
};

function isQualifier(name: string, method: string, isTagging: boolean): boolean {
  if (name === 'x-id' || /^x-amz-/i.test(name) || (isTagging && name === 'versionId')) return true;
  if (name.startsWith('response-')) return method === 'GET' || method === 'HEAD';
  return qualifiersOf[method]?.has(name) ?? false;
}

const bucketSettings: Readonly<Record<string, string>> = {
  versioning: 'BucketVersioning',
  lifecycle: 'BucketLifecycleConfiguration',
  encryption: 'BucketEncryption',
  publicAccessBlock: 'PublicAccessBlock',
  cors: 'BucketCors',
  policy: 'BucketPolicy',
  ownershipControls: 'BucketOwnershipControls',
  notification: 'BucketNotificationConfiguration',
  tagging: 'BucketTagging',
};
const undeletable = new Set(['versioning', 'notification']);
const verbs: Readonly<Record<string, string>> = { GET: 'Get', PUT: 'Put', DELETE: 'Delete' };

/** The API's name for a request. Denies by default: a sub-resource that is not known never falls through to the plain verb. */
export function operationOf(request: S3Request): string {
  const { method, bucket, key, params } = request;
  const onBucket = key === '' && method !== 'GET';
  const sub = [...params.keys()].filter((name) => !isQualifier(name, onBucket ? '' : method, params.has('tagging')));
  if (sub.length > 1) throw s3NotImplemented(sub.join(' and '));
  const name =
    bucket === ''
      ? accountOperation(method, sub[0])
      : key === ''
        ? bucketOperation(request, sub[0])
        : objectOperation(request, sub[0]);
  if (name) return name;
  if (sub[0] !== undefined) throw s3NotImplemented(`${method} ?${sub[0]}`);
  throw s3Error('MethodNotAllowed', 405, 'The specified method is not allowed against this resource.');
}

const accountOperation = (method: string, sub: string | undefined): string | undefined =>
  method === 'GET' && sub === undefined ? 'ListBuckets' : undefined;

function bucketOperation({ method, params }: S3Request, sub: string | undefined): string | undefined {
  if (sub !== undefined && Object.hasOwn(bucketSettings, sub)) {
    const verb = verbs[method];
    return verb && !(verb === 'Delete' && undeletable.has(sub)) ? verb + bucketSettings[sub] : undefined;
  }
  switch (`${method} ${sub ?? ''}`) {
    case 'GET ':
      return params.get('list-type') === '2' ? 'ListObjectsV2' : 'ListObjects';
    case 'GET location':
      return 'GetBucketLocation';
    case 'GET versions':
      return 'ListObjectVersions';
    case 'GET uploads':
      return 'ListMultipartUploads';
    case 'POST delete':
      return 'DeleteObjects';
    case 'PUT ':
      return 'CreateBucket';
    case 'HEAD ':
      return 'HeadBucket';
    case 'DELETE ':
      return 'DeleteBucket';
    default:
      return undefined;
  }
}

function objectOperation(request: S3Request, sub: string | undefined): string | undefined {
  const { method, params } = request;
  const isCopy = headerOf(request, 'x-amz-copy-source') !== undefined;
  if (sub === 'tagging') return verbs[method] && `${verbs[method]}ObjectTagging`;
  if (sub === 'uploads') return method === 'POST' ? 'CreateMultipartUpload' : undefined;
  if (sub !== undefined) return undefined;
  if (params.has('uploadId')) {
    const inUpload: Readonly<Record<string, string>> = {
      PUT: isCopy ? 'UploadPartCopy' : 'UploadPart',
      POST: 'CompleteMultipartUpload',
      DELETE: 'AbortMultipartUpload',
      GET: 'ListParts',
    };
    return inUpload[method];
  }
  if (params.has('partNumber')) throw s3NotImplemented('Reading a single part');
  const plain: Readonly<Record<string, string>> = {
    GET: 'GetObject',
    HEAD: 'HeadObject',
    PUT: isCopy ? 'CopyObject' : 'PutObject',
    DELETE: 'DeleteObject',
  };
  return plain[method];
}
