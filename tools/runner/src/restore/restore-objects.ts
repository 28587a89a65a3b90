import {
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  type DeleteMarkerEntry,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Failure } from '../failure';

const keysPerDelete = 1000;

export interface RestoredObjects {
  readonly bucket: string;
  readonly restored: number;
  readonly seconds: number;
}

interface Hidden {
  /** With the name's ending that the account has. */
  readonly bucket: string;
  readonly prefix: string;
  /** Deletions in between are undone; those before and after were meant. */
  readonly from: Date;
  readonly until: Date;
}

/**
 * Brings back objects that were deleted between two moments of a versioned bucket: the markers that hide them are deleted. What
 * was written anew since is the latest version and is left alone. Can be run again.
 */
export async function restoreObjects(
  s3: S3Client,
  { bucket: Bucket, prefix, from, until }: Hidden,
): Promise<RestoredObjects> {
  const startedAt = performance.now();
  let restored = 0;
  let page: { KeyMarker: string | undefined; VersionIdMarker: string | undefined } | undefined;
  do {
    const answer = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: prefix, ...page }));
    const markers = (answer.DeleteMarkers ?? []).filter((marker) => hides(marker, from, until));
    restored += await unhide(s3, Bucket, markers);
    const { IsTruncated, NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = answer;
    page = IsTruncated ? { KeyMarker, VersionIdMarker } : undefined;
  } while (page);
  return { bucket: Bucket, restored, seconds: (performance.now() - startedAt) / 1000 };
}

/** S3 tells whole seconds: the second in which the loss began counts. */
const hides = ({ IsLatest, LastModified }: DeleteMarkerEntry, from: Date, until: Date): boolean =>
  IsLatest === true &&
  LastModified !== undefined &&
  LastModified.getTime() >= Math.floor(from.getTime() / 1000) * 1000 &&
  LastModified <= until;

async function unhide(s3: S3Client, Bucket: string, markers: readonly DeleteMarkerEntry[]): Promise<number> {
  for (let start = 0; start < markers.length; start += keysPerDelete) {
    const Objects = markers.slice(start, start + keysPerDelete).map(({ Key, VersionId }) => ({ Key, VersionId }));
    const { Errors = [] } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
    const [error] = Errors;
    if (error) throw new Failure(`${Errors.length} objects of ${Bucket} are still hidden, ${error.Key}: ${error.Code}`);
  }
  return markers.length;
}
