import { pipeline } from 'node:stream/promises';
import { badRequest, noSuchKey, preconditionFailed, s3Error } from './s3-error';
import { answerHeaders, headersOf, tagsOfHeader, tagsOfXml } from './object-headers';
import { headerOf, type S3Request } from './s3-request';
import { sendEmpty, sendXml, versionHeader, type S3Context, type S3Operation } from './s3-context';
import { iso } from './listing';
import { UploadBody } from './upload-body';
import { matchesEtag, type Version, type WriteCondition } from './versions';

const mostXmlLength = 1024 * 1024;

export const conditionOf = (request: S3Request): WriteCondition => ({
  ifMatch: headerOf(request, 'if-match'),
  ifNoneMatch: headerOf(request, 'if-none-match'),
});

export function announce({ notifications }: S3Context, name: string, version: Version): void {
  const { bucket, key, size, etag, versionId, sequence } = version;
  notifications.emit({ bucket, key, name, size, etag, versionId, sequence });
}

const putObject: S3Operation = async (request, context) => {
  const { bucket, key } = request;
  context.buckets.get(bucket);
  const condition = conditionOf(request);
  const tags = tagsOfHeader(headerOf(request, 'x-amz-tagging'));
  const headers = headersOf(request, context.buckets.defaultEncryption(bucket));
  const body = new UploadBody(request.request);
  const { blob, result } = await context.blobs.write(body.chunks(), () => body.verify());
  const version = await storeOr(context, blob, () =>
    context.versions.put(
      { bucket, key, blob, size: result.size, etag: result.md5, headers, checksums: result.checksums, tags },
      condition,
    ),
  );
  announce(context, 'ObjectCreated:Put', version);
  const checksums = Object.entries(result.checksums).map(([name, value]) => [`x-amz-checksum-${name}`, value] as const);
  sendEmpty(request, 200, {
    etag: `"${version.etag}"`,
    'x-amz-server-side-encryption': headers['x-amz-server-side-encryption']!,
    ...Object.fromEntries(checksums),
    ...(checksums.length > 0 && { 'x-amz-checksum-type': 'FULL_OBJECT' }),
    ...versionHeader(version.versionId),
  });
};

/** Runs what makes a blob known, and removes the blob if that is refused. */
export async function storeOr<T>({ blobs }: S3Context, blob: string, store: () => T): Promise<T> {
  try {
    return store();
  } catch (error) {
    await blobs.remove([blob]);
    throw error;
  }
}

/** The version a reader asked for; a delete marker says that it is one. */
function readable(request: S3Request, { versions }: S3Context): Version {
  const { bucket, key, params } = request;
  const version = versions.get(bucket, key, params.get('versionId') ?? undefined);
  if (!version.isDeleteMarker) return version;
  request.response.setHeader('x-amz-delete-marker', 'true');
  if (!params.has('versionId')) throw noSuchKey();
  throw s3Error('MethodNotAllowed', 405, 'The specified method is not allowed against this resource.');
}

function isNotModified(request: S3Request, { etag, modifiedAt }: Version): boolean {
  const seconds = Math.floor(modifiedAt / 1000) * 1000;
  const time = (name: string): number => Date.parse(headerOf(request, name) ?? '');
  const [ifMatch, ifNoneMatch] = [headerOf(request, 'if-match'), headerOf(request, 'if-none-match')];
  if (ifMatch !== undefined && !matchesEtag(ifMatch, etag)) throw preconditionFailed();
  if (ifMatch === undefined && seconds > time('if-unmodified-since')) throw preconditionFailed();
  if (ifNoneMatch !== undefined) return matchesEtag(ifNoneMatch, etag);
  return seconds <= time('if-modified-since');
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** The part asked for; undefined for all of it. A range that begins after the end cannot be served. */
function rangeOf(header: string | undefined, size: number): Span | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const [from, to] = [match[1] ?? '', match[2] ?? ''];
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (from !== '' && to !== '' && Number(to) < Number(from)) return undefined;
  if (start >= size || (from === '' && Number(to) === 0)) {
    throw s3Error('InvalidRange', 416, 'The requested range is not satisfiable');
  }
  return { start, end };
}

const getObject: S3Operation = async (request, context) => {
  const version = readable(request, context);
  const { response, method } = request;
  const withChecksums = headerOf(request, 'x-amz-checksum-mode')?.toUpperCase() === 'ENABLED';
  if (isNotModified(request, version)) return sendEmpty(request, 304, { etag: `"${version.etag}"` });
  const span = rangeOf(headerOf(request, 'range'), version.size);
  const headers = answerHeaders(version, request, withChecksums && !span);
  const { start, end } = span ?? { start: 0, end: version.size - 1 };
  headers['content-length'] = String(end - start + 1);
  if (span) headers['content-range'] = `bytes ${start}-${end}/${version.size}`;
  if (method === 'HEAD' || version.size === 0) {
    response.writeHead(span ? 206 : 200, headers).end();
    return;
  }
  const file = await context.blobs.open(version.blob!);
  response.writeHead(span ? 206 : 200, headers);
  // A reader that goes away ends the pipeline; that is its own affair.
  await pipeline(file.createReadStream({ start, end }), response).catch(() => response.destroy());
};

const deleteObject: S3Operation = (request, context) => {
  const { bucket, key, params } = request;
  const deletion = remove(context, bucket, key, params.get('versionId') ?? undefined);
  sendEmpty(request, 204, {
    ...versionHeader(deletion.versionId),
    ...(deletion.deleteMarker && { 'x-amz-delete-marker': 'true' }),
  });
};

export function remove(context: S3Context, bucket: string, key: string, versionId: string | undefined) {
  const deletion = context.versions.delete(bucket, key, versionId);
  if (deletion.event) {
    const name = `ObjectRemoved:${deletion.event}`;
    context.notifications.emit({ bucket, key, name, versionId: deletion.versionId, sequence: Date.now() });
  }
  return deletion;
}

/** The object that `x-amz-copy-source` names, if the conditions on it hold. */
export function copySource(request: S3Request, { versions }: S3Context): Version {
  const header = headerOf(request, 'x-amz-copy-source') ?? '';
  const [path = '', query = ''] = header.split('?');
  let plain: string;
  try {
    plain = decodeURIComponent(path).replace(/^\//, '');
  } catch {
    throw badRequest('InvalidArgument', 'Invalid copy source encoding.');
  }
  const slash = plain.indexOf('/');
  if (slash < 1)
    throw badRequest('InvalidArgument', 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey');
  const version = versions.get(
    plain.slice(0, slash),
    plain.slice(slash + 1),
    new URLSearchParams(query).get('versionId') ?? undefined,
  );
  if (version.isDeleteMarker) throw noSuchKey();
  const [ifMatch, ifNoneMatch] = [
    headerOf(request, 'x-amz-copy-source-if-match'),
    headerOf(request, 'x-amz-copy-source-if-none-match'),
  ];
  if (ifMatch !== undefined && !matchesEtag(ifMatch, version.etag)) throw preconditionFailed();
  if (ifNoneMatch !== undefined && matchesEtag(ifNoneMatch, version.etag)) throw preconditionFailed();
  return version;
}

const copyObject: S3Operation = async (request, context) => {
  const { bucket, key } = request;
  const source = copySource(request, context);
  const encryption = context.buckets.defaultEncryption(bucket);
  const replace = headerOf(request, 'x-amz-metadata-directive') === 'REPLACE';
  const replaceTags = headerOf(request, 'x-amz-tagging-directive') === 'REPLACE';
  if (
    source.bucket === bucket &&
    source.key === key &&
    source.isLatest &&
    !replace &&
    !context.buckets.versioning(bucket)
  ) {
    throw badRequest(
      'InvalidRequest',
      'This copy request is illegal because it is trying to copy an object to itself without changing it.',
    );
  }
  const headers = replace
    ? headersOf(request, encryption)
    : {
        ...source.headers,
        'x-amz-server-side-encryption': headerOf(request, 'x-amz-server-side-encryption') ?? encryption,
      };
  const tags = replaceTags ? tagsOfHeader(headerOf(request, 'x-amz-tagging')) : source.tags;
  const condition = conditionOf(request);
  const blob = await context.blobs.copy(source.blob!);
  const { size, etag, checksums } = source;
  const version = await storeOr(context, blob, () =>
    context.versions.put({ bucket, key, blob, size, etag, headers, checksums, tags }, condition),
  );
  announce(context, 'ObjectCreated:Copy', version);
  const answer = { LastModified: iso(version.modifiedAt), ETag: `"${version.etag}"` };
  sendXml(request, 'CopyObjectResult', answer, {
    ...versionHeader(version.versionId),
    ...(source.versionId !== 'null' && { 'x-amz-copy-source-version-id': source.versionId }),
  });
};

const getTagging: S3Operation = (request, context) => {
  const version = readable(request, context);
  const Tag = Object.entries(version.tags).map(([Key, Value]) => ({ Key, Value }));
  sendXml(request, 'Tagging', { TagSet: { Tag } }, versionHeader(version.versionId));
};

const putTagging: S3Operation = async (request, context) => {
  readable(request, context);
  const tags = tagsOfXml(await new UploadBody(request.request).text(mostXmlLength));
  const version = readable(request, context);
  context.versions.setTags(version, tags);
  sendEmpty(request, 200, versionHeader(version.versionId));
};

const deleteTagging: S3Operation = (request, context) => {
  const version = readable(request, context);
  context.versions.setTags(version, {});
  sendEmpty(request, 204, versionHeader(version.versionId));
};

export const objectOperations: Readonly<Record<string, S3Operation>> = {
  PutObject: putObject,
  GetObject: getObject,
  HeadObject: getObject,
  DeleteObject: deleteObject,
  CopyObject: copyObject,
  GetObjectTagging: getTagging,
  PutObjectTagging: putTagging,
  DeleteObjectTagging: deleteTagging,
};
