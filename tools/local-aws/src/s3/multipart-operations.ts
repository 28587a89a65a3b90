import { createHash } from 'node:crypto';
import { accountId } from '../account';
import { announce, conditionOf, copySource, storeOr } from './object-operations';
import { headersOf, tagsOfHeader } from './object-headers';
import { badRequest } from './s3-error';
import { sendEmpty, sendXml, versionHeader, type S3Context, type S3Operation } from './s3-context';
import { headerOf, type S3Request } from './s3-request';
import { iso } from './listing';
import { UploadBody } from './upload-body';
import type { Part, Upload } from './uploads';
import { elements, parseXml, textOf } from './xml-input';

const leastPartBytes = 5 * 1024 * 1024;
const mostParts = 10_000;
const mostXmlLength = 4 * 1024 * 1024;

const uploadOf = ({ bucket, key, params }: S3Request, { buckets, uploads }: S3Context): Upload => {
  buckets.get(bucket);
  return uploads.get(params.get('uploadId') ?? '', bucket, key);
};

const createUpload: S3Operation = (request, { buckets, uploads }) => {
  const { bucket, key } = request;
  const headers = headersOf(request, buckets.defaultEncryption(bucket));
  const { id } = uploads.start(bucket, key, headers, tagsOfHeader(headerOf(request, 'x-amz-tagging')));
  sendXml(request, 'InitiateMultipartUploadResult', { Bucket: bucket, Key: key, UploadId: id });
};

function partNumber({ params }: S3Request): number {
  const number = Number(params.get('partNumber'));
  if (Number.isInteger(number) && number >= 1 && number <= mostParts) return number;
  throw badRequest('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
}

const uploadPart: S3Operation = async (request, context) => {
  const { id } = uploadOf(request, context);
  const number = partNumber(request);
  const body = new UploadBody(request.request);
  const { blob, result } = await context.blobs.write(body.chunks(), () => body.verify());
  await keepPart(request, context, id, { number, blob, size: result.size, etag: result.md5, modifiedAt: Date.now() });
  const checksums = Object.entries(result.checksums).map(([name, value]) => [`x-amz-checksum-${name}`, value] as const);
  sendEmpty(request, 200, { etag: `"${result.md5}"`, ...Object.fromEntries(checksums) });
};

const copyPart: S3Operation = async (request, context) => {
  const { id } = uploadOf(request, context);
  const number = partNumber(request);
  const source = copySource(request, context);
  const range = /^bytes=(\d+)-(\d+)$/.exec(headerOf(request, 'x-amz-copy-source-range') ?? '');
  if (range && Number(range[2]) >= source.size)
    throw badRequest('InvalidArgument', 'Range specified is not valid for source object');
  const span = range ? ([Number(range[1]), Number(range[2])] as const) : [];
  const md5 = createHash('md5');
  let size = 0;
  const hashed = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of context.blobs.read(source.blob!, ...span)) {
      md5.update(chunk);
      size += chunk.length;
      yield chunk;
    }
  };
  const { blob, result: etag } = await context.blobs.write(hashed(), () => md5.digest('hex'));
  const modifiedAt = Date.now();
  await keepPart(request, context, id, { number, blob, size, etag, modifiedAt });
  sendXml(request, 'CopyPartResult', { LastModified: iso(modifiedAt), ETag: `"${etag}"` });
};

async function keepPart(request: S3Request, context: S3Context, id: string, part: Part): Promise<void> {
  const replaced = await storeOr(context, part.blob, () => {
    uploadOf(request, context); // it may have been ended while the part was on its way
    return context.uploads.putPart(id, part);
  });
  if (replaced) await context.blobs.remove([replaced]);
}

/** The parts that the client lists: all there, unchanged, in order, and none but the last too small. */
function chosenParts(xml: string, present: readonly Part[]): Part[] {
  const listed = elements(parseXml(xml, 'CompleteMultipartUpload'), 'Part');
  if (listed.length === 0) throw badRequest('MalformedXML', 'You must specify at least one part');
  let before = 0;
  return listed.map((entry, at) => {
    const number = Number(textOf(entry, 'PartNumber'));
    const etag = (textOf(entry, 'ETag') ?? '').replace(/^"|"$/g, '');
    const part = present.find((candidate) => candidate.number === number);
    if (!part || part.etag !== etag)
      throw badRequest('InvalidPart', 'One or more of the specified parts could not be found.');
    if (number <= before) throw badRequest('InvalidPartOrder', 'The list of parts was not in ascending order.');
    before = number;
    if (part.size < leastPartBytes && at < listed.length - 1) {
      throw badRequest('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
    }
    return part;
  });
}

const completeUpload: S3Operation = async (request, context) => {
  const { bucket, key } = request;
  const upload = uploadOf(request, context);
  const condition = conditionOf(request);
  const parts = chosenParts(
    await new UploadBody(request.request).text(mostXmlLength),
    context.uploads.parts(upload.id),
  );
  const md5 = createHash('md5');
  for (const { etag } of parts) md5.update(Buffer.from(etag, 'hex'));
  const etag = `${md5.digest('hex')}-${parts.length}`;
  const joined = async function* (): AsyncGenerator<Buffer> {
    for (const { blob } of parts) yield* context.blobs.read(blob);
  };
  const { blob } = await context.blobs.write(joined(), () => undefined);
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const { headers, tags } = upload;
  const version = await storeOr(context, blob, () => {
    uploadOf(request, context); // of two completions at once, the second finds it gone
    const stored = context.versions.put({ bucket, key, blob, size, etag, headers, checksums: {}, tags }, condition);
    void context.blobs.remove(context.uploads.end(upload.id));
    return stored;
  });
  announce(context, 'ObjectCreated:CompleteMultipartUpload', version);
  const Location = `${request.endpoint}/${bucket}/${encodeURI(key)}`;
  const answer = { Location, Bucket: bucket, Key: key, ETag: `"${etag}"` };
  sendXml(request, 'CompleteMultipartUploadResult', answer, versionHeader(version.versionId));
};

const abortUpload: S3Operation = async (request, context) => {
  const { id } = uploadOf(request, context);
  await context.blobs.remove(context.uploads.end(id));
  sendEmpty(request, 204);
};

const listParts: S3Operation = (request, context) => {
  const { params, bucket, key } = request;
  const { id } = uploadOf(request, context);
  const most = Math.min(Number(params.get('max-parts') ?? 1000) || 1000, 1000);
  const marker = Number(params.get('part-number-marker') ?? 0);
  const after = context.uploads.parts(id).filter(({ number }) => number > marker);
  const shown = after.slice(0, most);
  sendXml(request, 'ListPartsResult', {
    Bucket: bucket,
    Key: key,
    UploadId: id,
    PartNumberMarker: marker,
    ...(shown.length < after.length && { NextPartNumberMarker: shown.at(-1)?.number }),
    MaxParts: most,
    IsTruncated: shown.length < after.length,
    Part: shown.map((part) => ({
      PartNumber: part.number,
      LastModified: iso(part.modifiedAt),
      ETag: `"${part.etag}"`,
      Size: part.size,
    })),
    Initiator: { ID: accountId },
    Owner: { ID: accountId },
    StorageClass: 'STANDARD',
  });
};

const listUploads: S3Operation = (request, { buckets, uploads }) => {
  const { bucket, params } = request;
  buckets.get(bucket);
  const prefix = params.get('prefix') ?? '';
  const Upload = uploads
    .list(bucket, prefix)
    .map(({ key, id, startedAt }) => ({ Key: key, UploadId: id, Initiated: iso(startedAt) }));
  sendXml(request, 'ListMultipartUploadsResult', {
    Bucket: bucket,
    Prefix: prefix,
    MaxUploads: 1000,
    IsTruncated: false,
    Upload,
  });
};

export const multipartOperations: Readonly<Record<string, S3Operation>> = {
  CreateMultipartUpload: createUpload,
  UploadPart: uploadPart,
  UploadPartCopy: copyPart,
  CompleteMultipartUpload: completeUpload,
  AbortMultipartUpload: abortUpload,
  ListParts: listParts,
  ListMultipartUploads: listUploads,
};
