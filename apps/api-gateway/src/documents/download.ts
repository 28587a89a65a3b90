import type { ObjectStore } from '@stocktool/aws-s3';
import { Clock, Problem, type DownloadLink } from '@stocktool/contracts';
import { documentBuckets, documentKey, type DocumentRow } from '@stocktool/knowledge';

const linkSeconds = 15 * 60;

/**
 * A link to one of the versions that the row has: whoever holds an id of another object's version gets nothing. Served as a download:
 * somebody else's HTML must not run under the address of the store. Problem `document-not-found`.
 */
export async function downloadOf(
  { userId, documentId, name, contentType, versions }: DocumentRow,
  versionId: string | undefined,
  { objects, clock }: { objects: ObjectStore; clock: Clock },
): Promise<DownloadLink> {
  const version = versionId === undefined ? versions[0] : versions.find((one) => one.versionId === versionId);
  if (!version) throw new Problem('document-not-found', 'The document has no such version.');
  const expiresAt = new Date(clock.epochMs() + linkSeconds * 1000).toISOString();
  const url = await objects.presignGet(documentBuckets.uploads, documentKey(userId, documentId), {
    expiresInSeconds: linkSeconds,
    versionId: version.versionId,
    fileName: name,
    contentType,
  });
  return { url, expiresAt };
}
