import { badRequest } from './s3-error';
import { headerOf, type S3Request } from './s3-request';
import type { ObjectHeaders, Version } from './versions';
import { element, elements, parseXml, textOf } from './xml-input';

const kept = [
  'content-type',
  'cache-control',
  'content-disposition',
  'content-language',
  'expires',
  'x-amz-storage-class',
  'x-amz-website-redirect-location',
];
const overrides = [
  'content-type',
  'content-language',
  'expires',
  'cache-control',
  'content-disposition',
  'content-encoding',
];
const metadataPrefix = 'x-amz-meta-';
const mostMetadataBytes = 2048;
const defaultType = 'binary/octet-stream';

/** What a writer says about an object, to be told to readers. */
export function headersOf(request: S3Request, encryption: string): ObjectHeaders {
  const headers: Record<string, string> = {};
  for (const name of kept) {
    const value = headerOf(request, name);
    if (value !== undefined) headers[name] = value;
  }
  const encoding = (headerOf(request, 'content-encoding') ?? '').split(',').map((part) => part.trim());
  const own = encoding.filter((part) => part !== 'aws-chunked' && part !== '');
  if (own.length > 0) headers['content-encoding'] = own.join(',');
  let bytes = 0;
  for (const name of Object.keys(request.request.headers)) {
    if (!name.startsWith(metadataPrefix)) continue;
    const value = headerOf(request, name) ?? '';
    bytes += name.length - metadataPrefix.length + Buffer.byteLength(value);
    headers[name] = value;
  }
  if (bytes > mostMetadataBytes) {
    throw badRequest('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size');
  }
  headers['content-type'] ??= defaultType;
  headers['x-amz-server-side-encryption'] = headerOf(request, 'x-amz-server-side-encryption') ?? encryption;
  return headers;
}

/** The headers of a HEAD or GET answer; a presigned link may replace some of them. */
export function answerHeaders(
  version: Version,
  { params }: Pick<S3Request, 'params'>,
  withChecksums: boolean,
): Record<string, string> {
  const headers: Record<string, string> = {
    ...version.headers,
    etag: `"${version.etag}"`,
    'last-modified': new Date(version.modifiedAt).toUTCString(),
    'accept-ranges': 'bytes',
    ...(version.versionId !== 'null' && { 'x-amz-version-id': version.versionId }),
  };
  const tagCount = Object.keys(version.tags).length;
  if (tagCount > 0) headers['x-amz-tagging-count'] = String(tagCount);
  if (withChecksums)
    for (const [name, value] of Object.entries(version.checksums)) headers[`x-amz-checksum-${name}`] = value;
  for (const name of overrides) {
    const value = params.get(`response-${name}`);
    if (value !== null) headers[name] = checkHeader(value);
  }
  return headers;
}

function checkHeader(value: string): string {
  if (/[\u0000-\u001f\u007f]|[^\u0000-\u00ff]/.test(value))
    throw badRequest('InvalidArgument', 'The header value is not allowed');
  return value;
}

export type Tags = Readonly<Record<string, string>>;
const mostObjectTags = 10;

function checkTags(tags: Tags, most = mostObjectTags): Tags {
  const entries = Object.entries(tags);
  if (entries.length > most) throw badRequest('BadRequest', `Tags cannot be greater than ${most}`);
  if (entries.some(([name, value]) => name === '' || name.length > 128 || value.length > 256)) {
    throw badRequest('InvalidTag', 'The tag provided was not a valid tag');
  }
  return tags;
}

/** The `x-amz-tagging` header. */
export const tagsOfHeader = (text: string | undefined): Tags =>
  checkTags(Object.fromEntries(new URLSearchParams(text ?? '')));

/** The body of PutObjectTagging. */
export function tagsOfXml(text: string): Tags {
  const tags = elements(element(parseXml(text, 'Tagging'), 'TagSet'), 'Tag');
  const entries = tags.map((tag) => [textOf(tag, 'Key') ?? '', textOf(tag, 'Value') ?? ''] as const);
  if (new Set(entries.map(([name]) => name)).size < entries.length) {
    throw badRequest('InvalidTag', 'Cannot provide multiple Tags with the same key');
  }
  return checkTags(Object.fromEntries(entries));
}
