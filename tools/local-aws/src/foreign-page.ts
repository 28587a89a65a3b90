import type { IncomingMessage } from 'node:http';

/** Names that only this machine or its own network gives: a page of the internet cannot be served under them. */
const localHost =
  /^(?:\[::1\]|127(?:\.\d+){3}|[a-z0-9_-]+|(?:[a-z0-9_.-]+\.)?localhost(?:\.localstack\.cloud)?)(?::\d+)?$/i;

/**
 * Whether a page of another site makes this call through somebody's browser: by a name of its own that was made to point
 * here, or by a form that needs no signature. Neither may read secrets or publish.
 */
export function isForeignPage({ method, url = '', headers }: IncomingMessage): boolean {
  const { host, origin, authorization } = headers;
  if (host !== undefined && !localHost.test(host)) return true;
  const signed = authorization !== undefined || /[?&]X-Amz-Signature=/i.test(url);
  return origin !== undefined && !signed && method !== 'OPTIONS' && method !== 'GET' && method !== 'HEAD';
}
