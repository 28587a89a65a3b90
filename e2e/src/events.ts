import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { baseUrl } from './client';

export interface StreamOptions {
  readonly token: string;
  readonly method?: string;
  readonly body?: unknown;
  readonly lastEventId?: string | undefined;
  /** Stops reading when it says so. */
  readonly until?: (event: EventSourceMessage) => boolean;
}

/** Reads server-sent events until the stream ends or `until` is satisfied, which closes the connection. */
export async function events(path: string, options: StreamOptions): Promise<EventSourceMessage[]> {
  const abort = new AbortController();
  const response = await fetch(`${baseUrl}${path}`, {
    method: options.method ?? 'GET',
    headers: {
      authorization: `Bearer ${options.token}`,
      accept: 'text/event-stream',
      ...(options.body !== undefined && { 'content-type': 'application/json' }),
      ...(options.lastEventId !== undefined && { 'last-event-id': options.lastEventId }),
    },
    ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
    signal: AbortSignal.any([abort.signal, AbortSignal.timeout(30_000)]),
  });
  if (response.status !== 200) throw new Error(`the stream answered ${response.status}: ${await response.text()}`);
  const found: EventSourceMessage[] = [];
  let enough = false;
  const parser = createParser({
    onEvent(event) {
      if (enough) return;
      found.push(event);
      enough = options.until?.(event) ?? false;
    },
  });
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }));
    if (enough) break;
  }
  abort.abort();
  return found;
}
