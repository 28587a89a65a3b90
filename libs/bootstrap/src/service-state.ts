import type { ServerResponse } from 'node:http';

/** Whether this process is about to end. Long streams and pollers listen to `signal` and finish early. */
export class ServiceState {
  private readonly controller = new AbortController();
  /** Requests being answered. */
  readonly open = new Set<ServerResponse>();

  /** Aborted when draining begins. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get draining(): boolean {
    return this.controller.signal.aborted;
  }

  startDraining(): void {
    this.controller.abort();
  }

  /** Event streams have no end of their own: their clients come back with `Last-Event-ID`, to another process. */
  endEventStreams(): void {
    for (const response of this.open) {
      if (response.headersSent && isEventStream(response)) response.end();
    }
  }
}

export function isEventStream(response: ServerResponse): boolean {
  return String(response.getHeader('content-type')).startsWith('text/event-stream');
}
