import { makeEvent, type ProblemDetails, type StockToolEvent } from '@stocktool/contracts';
import type { DocumentRow } from '@stocktool/knowledge';

const source = 'stocktool/chat';

/** Event ids come from the version that was read: a repeated publication is the same event to whoever receives it. */
export function readyEvent(
  { userId, documentId, name }: DocumentRow,
  { versionId, chunks, time }: { versionId: string; chunks: number; time: Date },
): StockToolEvent {
  const id = `${documentId}:${versionId}:ready`.slice(0, 200);
  return makeEvent('document.ready', {
    id,
    source,
    subject: documentId,
    time,
    data: { userId, documentId, name, chunks },
  });
}

export function failedEvent(
  { userId, documentId, name }: DocumentRow,
  { versionId, error, time }: { versionId: string; error: ProblemDetails; time: Date },
): StockToolEvent {
  const id = `${documentId}:${versionId}:failed`.slice(0, 200);
  return makeEvent('document.failed', {
    id,
    source,
    subject: documentId,
    time,
    data: { userId, documentId, name, error },
  });
}
