import type { ServerResponse } from 'node:http';

/**
 * Whether this process is about to end. While it drains it still answers, streams too, for a load balancer takes a moment to
 * look elsewhere; long streams listen to `ending` and finish early.
 */
export class ServiceState {
  private isDraining = false;
  private readonly endingController = new AbortController();
  /** Requests being answered. */
  readonly open = new Set<ServerResponse>();

  /** Aborted when the grace of draining is over: nothing new is taken. */
  get ending(): AbortSignal {
    return this.endingController.signal;
  }

  get draining(): boolean {
    return this.isDraining;
  }

  /** From now on each connection ends with its answer; those of later requests are told so by the request hooks. */
  startDraining(): void {
    this.isDraining = true;
    for (const response of this.open) if (!response.headersSent) response.setHeader('connection', 'close');
  }

  /** Event streams have no end of their own: their clients come back with `Last-Event-ID`, to another process. */
  endEventStreams(): void {
    this.endingController.abort();
    for (const response of this.open) {
      if (response.headersSent && isEventStream(response)) response.end();
    }
  }
}

/** Streams are written to the raw response, with `setHeader`: a header that Fastify or Nest hands to `writeHead` is not seen. */
export function isEventStream(response: ServerResponse): boolean {
  return String(response.getHeader('content-type')).startsWith('text/event-stream');
}
