import type { XmlTree } from '../http/xml';
import { badRequest } from './s3-error';
import type { Version, Versions } from './versions';

const mostKeys = 1000;
const afterAll = '\u{10ffff}';
export const iso = (ms: number): string => new Date(ms).toISOString();

interface Page {
  readonly versions: Version[];
  readonly commonPrefixes: string[];
  readonly isTruncated: boolean;
  /** The last key or common prefix of this page. */
  readonly last: string;
}

/** Keys are ordered by their UTF-8 bytes, which JavaScript's own comparison is not. */
const isAtOrAfter = (a: string, b: string): boolean => Buffer.compare(Buffer.from(a), Buffer.from(b)) >= 0;

type Source = (from: string, exclusive: boolean) => Iterable<Version>;

/** One page in key order, keys with the delimiter after the prefix rolled up; rolled-up keys are skipped over, not read. */
function pageOf(
  source: Source,
  prefix: string,
  delimiter: string,
  from: string,
  exclusive: boolean,
  most: number,
): Page {
  const versions: Version[] = [];
  const commonPrefixes: string[] = [];
  let last = '';
  const full = (): boolean => versions.length + commonPrefixes.length >= most;
  const page = (isTruncated: boolean): Page => ({ versions, commonPrefixes, isTruncated, last });
  if (most === 0) return page(false);
  for (let start = from, skip = exclusive, resumed = true; resumed;) {
    resumed = false;
    for (const version of source(start, skip)) {
      const { key } = version;
      // Keys come in order from the prefix on: the first without it is beyond all that have it.
      if (!key.startsWith(prefix)) return page(false);
      const end = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
      if (end < 0) {
        if (full()) return page(true);
        versions.push(version);
        last = key;
        continue;
      }
      const common = key.slice(0, end + delimiter.length);
      // A page that ended with this common prefix continues after everything under it.
      if (common !== from) {
        if (full()) return page(true);
        commonPrefixes.push(common);
        last = common;
      }
      [start, skip, resumed] = [common + afterAll, true, true];
      break;
    }
  }
  return page(false);
}

const whole = (text: string | null): number => {
  if (text === null) return mostKeys;
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
    throw badRequest('InvalidArgument', 'Provided max-keys not an integer');
  return Math.min(value, mostKeys);
};

const encoder = (query: URLSearchParams): ((text: string) => string) =>
  query.get('encoding-type') === 'url' ? (text) => encodeURIComponent(text).replaceAll('%2F', '/') : (text) => text;

const contents =
  (encode: (text: string) => string) =>
  (version: Version): XmlTree => ({
    Key: encode(version.key),
    LastModified: iso(version.modifiedAt),
    ETag: `"${version.etag}"`,
    Size: version.size,
    StorageClass: version.headers['x-amz-storage-class'] ?? 'STANDARD',
  });

/** ListObjectsV2, and ListObjects of old clients. */
export function listObjects(versions: Versions, bucket: string, query: URLSearchParams): XmlTree {
  const isV2 = query.get('list-type') === '2';
  const encode = encoder(query);
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter') ?? ''];
  const token = query.get('continuation-token');
  const resume = isV2 ? (token === null ? query.get('start-after') : fromToken(token)) : query.get('marker');
  const from = resume !== null && isAtOrAfter(resume, prefix) ? resume : prefix;
  const most = whole(query.get('max-keys'));
  const source: Source = (start, exclusive) => versions.present(bucket, start, exclusive);
  const page = pageOf(source, prefix, delimiter, from, resume !== null && from === resume, most);
  return {
    Name: bucket,
    Prefix: encode(prefix),
    ...(delimiter && { Delimiter: encode(delimiter) }),
    MaxKeys: most,
    EncodingType: query.get('encoding-type') ?? undefined,
    IsTruncated: page.isTruncated,
    ...(isV2
      ? {
          KeyCount: page.versions.length + page.commonPrefixes.length,
          ContinuationToken: token ?? undefined,
          StartAfter: query.get('start-after') ?? undefined,
          ...(page.isTruncated && { NextContinuationToken: Buffer.from(page.last).toString('base64url') }),
        }
      : { Marker: encode(query.get('marker') ?? ''), ...(page.isTruncated && { NextMarker: encode(page.last) }) }),
    Contents: page.versions.map(contents(encode)),
    CommonPrefixes: page.commonPrefixes.map((common) => ({ Prefix: encode(common) })),
  };
}

function fromToken(token: string): string {
  const text = Buffer.from(token, 'base64url').toString();
  if (Buffer.from(text).toString('base64url') !== token) {
    throw badRequest('InvalidArgument', 'The continuation token provided is incorrect');
  }
  return text;
}

/** ListObjectVersions: versions and delete markers, newest first within a key. */
export function listVersions(versions: Versions, bucket: string, query: URLSearchParams): XmlTree {
  const encode = encoder(query);
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter') ?? ''];
  const [keyMarker, versionMarker] = [query.get('key-marker') ?? '', query.get('version-id-marker')];
  const from = isAtOrAfter(keyMarker, prefix) ? keyMarker : prefix;
  const most = whole(query.get('max-keys'));
  const afterVersion =
    versionMarker && keyMarker ? versions.find(bucket, keyMarker, versionMarker)?.sequence : undefined;
  const source: Source = function* (start, exclusive) {
    const within = start === keyMarker && afterVersion !== undefined;
    for (const version of versions.all(bucket, start, exclusive && !within)) {
      if (within && version.key === keyMarker && version.sequence >= afterVersion) continue;
      yield version;
    }
  };
  const page = pageOf(source, prefix, delimiter, from, keyMarker !== '' && from === keyMarker, most);
  const lastVersion = page.versions.at(-1);
  const row = (version: Version): XmlTree => ({
    VersionId: version.versionId,
    IsLatest: version.isLatest,
    ...(version.isDeleteMarker
      ? { Key: encode(version.key), LastModified: iso(version.modifiedAt) }
      : contents(encode)(version)),
  });
  return {
    Name: bucket,
    Prefix: encode(prefix),
    KeyMarker: encode(keyMarker),
    VersionIdMarker: versionMarker ?? undefined,
    ...(delimiter && { Delimiter: encode(delimiter) }),
    MaxKeys: most,
    EncodingType: query.get('encoding-type') ?? undefined,
    IsTruncated: page.isTruncated,
    ...(page.isTruncated && {
      NextKeyMarker: encode(page.last),
      ...(lastVersion?.key === page.last && { NextVersionIdMarker: lastVersion.versionId }),
    }),
    Version: page.versions.filter((version) => !version.isDeleteMarker).map(row),
    DeleteMarker: page.versions.filter((version) => version.isDeleteMarker).map(row),
    CommonPrefixes: page.commonPrefixes.map((common) => ({ Prefix: encode(common) })),
  };
}
