import { once } from 'node:events';
import type { ServerWritableStream } from '@grpc/grpc-js';
import type { RpcEvent, RpcText } from '@stocktool/contracts';
import { Observable } from 'rxjs';

export type EventCall = ServerWritableStream<RpcText, RpcEvent>;

/**
 * Writes events to a call, no faster than its reader takes them: Nest would keep what waits without a bound. What is returned
 * emits nothing; it completes when all is written, and Nest then ends the call. When the reader leaves, `signal` is aborted.
 */
export function writeEvents(
  call: EventCall,
  events: (signal: AbortSignal) => AsyncIterable<readonly RpcEvent[]>,
): Observable<RpcEvent> {
  return new Observable((subscriber) => {
    const left = new AbortController();
    pump(call, events(left.signal), left.signal).then(
      () => subscriber.complete(),
      (error: unknown) => subscriber.error(error),
    );
    return () => left.abort();
  });
}

async function pump(call: EventCall, events: AsyncIterable<readonly RpcEvent[]>, left: AbortSignal): Promise<void> {
  for await (const batch of events) {
    for (const event of batch) {
      if (left.aborted || call.cancelled) return;
      if (!call.write(event)) await drained(call, left);
    }
  }
}

async function drained(call: EventCall, signal: AbortSignal): Promise<void> {
  try {
    await once(call, 'drain', { signal });
  } catch (error) {
    if (!signal.aborted) throw error; // the reader left while we waited: the loop ends
  }
}
