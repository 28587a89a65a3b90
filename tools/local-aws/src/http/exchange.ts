import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallRecorder } from '../calls';

/** One request with what the services need to answer it. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly query: string;
  /** As the caller addressed us, so that URLs in answers work for `localhost` and `127.0.0.1` alike. */
  readonly endpoint: string;
  readonly client: string;
  readonly recorder: CallRecorder;
}

export interface Service {
  handle(exchange: Exchange): Promise<void>;
}

/** Ends a response once; a client that has gone is no error. */
export function send(
  response: ServerResponse,
  status: number,
  headers: Record<string, string>,
  body: string | Buffer,
): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
