import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { systemClock } from '@stocktool/contracts';
import type { RequestScope } from '@stocktool/observability';

const acceptedId = /^[\w.:=/+@-]{1,128}$/;
const acceptedTraceparent = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const uuid = /^[0-9a-f-]{36}$/;

/** The caller's request id when it is a plain one, else a new UUIDv7. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && acceptedId.test(given) ? given : newRequestId();
}

/** A scope for work that begins here: a W3C traceparent is taken over, or made from the request id when it is asked for. */
export function scopeOf(requestId: string, traceparent: unknown): RequestScope {
  const given = typeof traceparent === 'string' && acceptedTraceparent.test(traceparent) ? traceparent : undefined;
  return new Scope(requestId, given);
}

class Scope implements RequestScope {
  declare userId?: string;
  #traceparent: string | undefined;

  constructor(
    readonly requestId: string,
    traceparent: string | undefined,
  ) {
    this.#traceparent = traceparent;
  }

  get traceparent(): string {
    return (this.#traceparent ??= traceparentOf(this.requestId));
  }
}

function traceparentOf(requestId: string): string {
  const trace = (uuid.test(requestId) ? requestId : newRequestId()).replaceAll('-', '');
  return `00-${trace}-${trace.slice(16)}-01`;
}

let knownMs = Number.NaN;
let timePart = '';

/**
 * UUIDv7 (RFC 9562): 48 bits of Unix milliseconds, then the version and the random bits of a UUIDv4, whose variant stands at the
 * same place. Node takes the random bytes of 128 of them at once; a call of the system for each takes six times as long.
 */
function newRequestId(): string {
  const ms = systemClock.epochMs();
  if (ms !== knownMs) {
    knownMs = ms;
    const hex = ms.toString(16).padStart(12, '0');
    timePart = `${hex.slice(0, 8)}-${hex.slice(8)}-7`;
  }
  return timePart + randomUUID().slice(15);
}
