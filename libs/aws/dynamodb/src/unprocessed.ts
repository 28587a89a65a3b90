import { setTimeout as delay } from 'node:timers/promises';
import { Problem } from '@stocktool/contracts';

const attempts = 8;
const firstDelayMs = 50;
const longestDelayMs = 2000;

/**
 * Sends a batch again and again with what DynamoDB gave back as unprocessed, after exponential back-off with full jitter.
 * A batch answers 200 however little of it was done, and the SDK does not retry inside a 200.
 */
export async function untilProcessed<Request>(
  requests: Request,
  send: (requests: Request) => Promise<Request | undefined>,
): Promise<void> {
  let pending: Request | undefined = requests;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if (attempt > 0) await delay(Math.random() * Math.min(longestDelayMs, firstDelayMs * 2 ** attempt));
    pending = await send(pending);
    if (pending === undefined) return;
  }
  throw new Problem('dependency-unavailable', 'The database left a part of a batch undone.', { retryAfterSeconds: 5 });
}

export function chunksOf<Element>(elements: readonly Element[], size: number): Element[][] {
  const chunks: Element[][] = [];
  for (let start = 0; start < elements.length; start += size) chunks.push(elements.slice(start, start + size));
  return chunks;
}
