import { accountId, region } from '../account';
import { send } from '../http/exchange';
import { remove } from './object-operations';
import { iso, listObjects, listVersions } from './listing';
import { record } from './record';
import { badRequest, malformedXml, s3Error } from './s3-error';
import { sendEmpty, sendXml, type S3Operation } from './s3-context';
import { UploadBody } from './upload-body';
import { elements, parseXml, textOf } from './xml-input';

const mostXmlLength = 2 * 1024 * 1024;
const mostDeleted = 1000;

const listBuckets: S3Operation = (request, { buckets }) =>
  sendXml(request, 'ListAllMyBucketsResult', {
    Owner: { ID: accountId, DisplayName: 'local' },
    Buckets: { Bucket: buckets.list().map(({ name, createdAt }) => ({ Name: name, CreationDate: iso(createdAt) })) },
  });

const createBucket: S3Operation = async (request, { buckets }) => {
  await new UploadBody(request.request).text(mostXmlLength);
  buckets.create(request.bucket);
  sendEmpty(request, 200, { location: `/${request.bucket}` });
};

const headBucket: S3Operation = (request, { buckets }) => {
  buckets.get(request.bucket);
  sendEmpty(request, 200, { 'x-amz-bucket-region': region });
};

const deleteBucket: S3Operation = (request, { buckets }) => {
  buckets.delete(request.bucket);
  sendEmpty(request, 204);
};

const deleteObjects: S3Operation = async (request, context) => {
  const { bucket } = request;
  context.buckets.get(bucket);
  const root = parseXml(await new UploadBody(request.request).text(mostXmlLength), 'Delete');
  const wanted = elements(root, 'Object').map((object) => ({
    key: textOf(object, 'Key') ?? '',
    versionId: textOf(object, 'VersionId'),
  }));
  if (wanted.length === 0 || wanted.length > mostDeleted || wanted.some(({ key }) => key === '')) throw malformedXml();
  // Deleting a version is a right of its own.
  for (const { key, versionId } of wanted)
    record(request, versionId === undefined ? 'DeleteObjects' : 'DeleteObjectVersion', key);
  const Deleted = wanted.map(({ key, versionId }) => {
    const deletion = remove(context, bucket, key, versionId);
    return {
      Key: key,
      ...(versionId !== undefined && { VersionId: versionId }),
      ...(deletion.deleteMarker && { DeleteMarker: true, DeleteMarkerVersionId: deletion.versionId }),
    };
  });
  sendXml(request, 'DeleteResult', { Deleted: textOf(root, 'Quiet') === 'true' ? [] : Deleted });
};

/** The settings of a bucket: stored and told, most of them without effect here. */
interface Setting {
  readonly kind: string;
  readonly root: string;
  /** The answer while nothing is set, or the error. */
  readonly missing: { readonly xml: string } | { readonly code: string; readonly status?: number };
}

const settings: Readonly<Record<string, Setting>> = {
  Versioning: { kind: 'versioning', root: 'VersioningConfiguration', missing: { xml: '<VersioningConfiguration/>' } },
  LifecycleConfiguration: {
    kind: 'lifecycle',
    root: 'LifecycleConfiguration',
    missing: { code: 'NoSuchLifecycleConfiguration' },
  },
  Encryption: {
    kind: 'encryption',
    root: 'ServerSideEncryptionConfiguration',
    missing: { code: 'ServerSideEncryptionConfigurationNotFoundError' },
  },
  Cors: { kind: 'cors', root: 'CORSConfiguration', missing: { code: 'NoSuchCORSConfiguration' } },
  OwnershipControls: {
    kind: 'ownershipControls',
    root: 'OwnershipControls',
    missing: { code: 'OwnershipControlsNotFoundError' },
  },
  Tagging: { kind: 'tagging', root: 'Tagging', missing: { code: 'NoSuchTagSet' } },
  NotificationConfiguration: {
    kind: 'notification',
    root: 'NotificationConfiguration',
    missing: { xml: '<NotificationConfiguration/>' },
  },
};
const publicAccessBlock: Setting = {
  kind: 'publicAccessBlock',
  root: 'PublicAccessBlockConfiguration',
  missing: { code: 'NoSuchPublicAccessBlockConfiguration' },
};
const policy: Setting = { kind: 'policy', root: '', missing: { code: 'NoSuchBucketPolicy' } };

const getSetting =
  ({ kind, missing }: Setting): S3Operation =>
  ({ bucket, response }, { buckets }) => {
    const stored = buckets.configuration(bucket, kind);
    if (stored === undefined && 'code' in missing) {
      throw s3Error(missing.code, missing.status ?? 404, `The ${kind} configuration does not exist`);
    }
    const body = stored ?? ('xml' in missing ? missing.xml : '');
    send(response, 200, { 'content-type': kind === 'policy' ? 'application/json' : 'application/xml' }, body);
  };

const putSetting =
  ({ kind, root }: Setting): S3Operation =>
  async (request, { buckets, notifications }) => {
    const { bucket } = request;
    buckets.get(bucket);
    const body = await new UploadBody(request.request).text(mostXmlLength);
    if (kind === 'policy') checkPolicy(body);
    else parseXml(body, root);
    if (kind === 'versioning' && !/<Status>\s*(Enabled|Suspended)\s*<\/Status>/.test(body)) {
      throw badRequest('IllegalVersioningConfigurationException', 'The Versioning element must be specified');
    }
    if (kind === 'notification') notifications.configure(bucket, body);
    else buckets.configure(bucket, kind, body);
    sendEmpty(request, kind === 'policy' || kind === 'tagging' ? 204 : 200);
  };

const deleteSetting =
  ({ kind }: Setting): S3Operation =>
  (request, { buckets }) => {
    buckets.unconfigure(request.bucket, kind);
    sendEmpty(request, 204);
  };

function checkPolicy(body: string): void {
  try {
    const parsed: unknown = JSON.parse(body);
    if (parsed !== null && typeof parsed === 'object' && 'Statement' in parsed) return;
  } catch {
    // refused below
  }
  throw badRequest('MalformedPolicy', 'Policies must be valid JSON and the first byte must be {');
}

const settingOperations = (name: string, setting: Setting): [string, S3Operation][] => [
  [`Get${name}`, getSetting(setting)],
  [`Put${name}`, putSetting(setting)],
  [`Delete${name}`, deleteSetting(setting)],
];

export const bucketOperations: Readonly<Record<string, S3Operation>> = {
  ListBuckets: listBuckets,
  CreateBucket: createBucket,
  HeadBucket: headBucket,
  DeleteBucket: deleteBucket,
  DeleteObjects: deleteObjects,
  GetBucketLocation: (request, { buckets }) => {
    buckets.get(request.bucket);
    sendXml(request, 'LocationConstraint', {}); // us-east-1 is the empty answer
  },
  ListObjects: (request, { versions, buckets }) => {
    buckets.get(request.bucket);
    sendXml(request, 'ListBucketResult', listObjects(versions, request.bucket, request.params));
  },
  ListObjectsV2: (request, { versions, buckets }) => {
    buckets.get(request.bucket);
    sendXml(request, 'ListBucketResult', listObjects(versions, request.bucket, request.params));
  },
  ListObjectVersions: (request, { versions, buckets }) => {
    buckets.get(request.bucket);
    sendXml(request, 'ListVersionsResult', listVersions(versions, request.bucket, request.params));
  },
  ...Object.fromEntries(
    Object.entries(settings).flatMap(([name, setting]) => settingOperations(`Bucket${name}`, setting)),
  ),
  ...Object.fromEntries(settingOperations('PublicAccessBlock', publicAccessBlock)),
  ...Object.fromEntries(settingOperations('BucketPolicy', policy)),
};
