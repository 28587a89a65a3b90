import { createHash } from 'node:crypto';
import { Document, DocumentStatus, DocumentVersion, ProblemDetails } from '@stocktool/contracts';
import { z } from 'zod';

/** One row for each document. Rows outlive code: unknown attributes are dropped, not refused. */
export const DocumentRow = z.object({
  userId: z.string(),
  documentId: z.uuid(),
  name: z.string(),
  contentType: z.string(),
  status: DocumentStatus,
  chunks: z.number().int(),
  versions: z.array(DocumentVersion),
  error: ProblemDetails.optional(),
  createdAt: z.string(),
  updatedAt: z.string(),
  /** Attempts at reading it; the number of one fences it: once another has begun, what it writes is refused. */
  attempts: z.number().int(),
  /** Attempts at the newest version that did not come to an end, without those that an outage ended. */
  tries: z.number().int(),
  /** The version that `tries` is about. */
  triedVersionId: z.string().optional(),
  leaseUntilEpochMs: z.number().optional(),
  /** The version that the passages, or the error, are of. */
  readVersionId: z.string().optional(),
  /** Key of the object that a search reads. */
  segmentKey: z.string().optional(),
  /** JSON text of the event that is not known to be published yet. */
  event: z.string().optional(),
  /** Nobody sees it any more; what it left is being deleted. */
  removed: z.boolean().optional(),
  dueKind: z.literal('document').optional(),
  dueAt: z.string().optional(),
});
export type DocumentRow = z.infer<typeof DocumentRow>;

/** The right to read a document: see `DocumentRow.attempts`. */
export interface ReadingAttempt {
  readonly userId: string;
  readonly documentId: string;
  readonly number: number;
  readonly tries: number;
}

export const documentItemId = (documentId: string): string => `document#${documentId}`;
/** Names are as long as their owners like; their hash is not. */
export const nameItemId = (name: string): string => `name#${createHash('sha256').update(name).digest('base64url')}`;

export const shownDocument = ({ documentId: id, ...row }: DocumentRow): Document => Document.parse({ id, ...row });

/** Where the bytes of a document are, all versions of them. */
export const documentKey = (userId: string, documentId: string): string => `documents/${userId}/${documentId}`;
const keyPattern = /^documents\/([^/]+)\/([0-9a-f-]{36})$/;

/** Whose document it is that has this key; undefined for a key that no document has. */
export function ownerOfKey(key: string): { userId: string; documentId: string } | undefined {
  const [, userId = '', documentId = ''] = keyPattern.exec(key) ?? [];
  return z.uuid().safeParse(documentId).success ? { userId, documentId } : undefined;
}

/** Where that which a search reads is: one object for each attempt, so that none is ever overwritten. */
export const segmentPrefix = (userId: string, documentId = ''): string =>
  `index/${userId}/${documentId && `${documentId}/`}`;
export const segmentKey = ({ userId, documentId, number }: ReadingAttempt): string =>
  `${segmentPrefix(userId, documentId)}${String(number).padStart(8, '0')}`;
