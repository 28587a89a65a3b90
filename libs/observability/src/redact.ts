const secretKey =
  /(?:authorization|cookie|password|passphrase|secret|token|api-?_?key|private-?_?key|access-?_?key|signature|credentials?)$/i;
const redacted = '[redacted]';
const maxDepth = 6;
const maxItems = 50;

/**
 * A copy without the values of secret-sounding keys (`authorization`, `set-cookie`, `x-api-key`, `refreshToken`, …) at any
 * depth. What lies deeper than six levels is left out altogether, so nothing can hide there and cycles end.
 */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date || value instanceof Error) return value;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth >= maxDepth) return '[deeper]';
  if (Array.isArray(value)) return value.slice(0, maxItems).map((item) => redact(item, depth + 1));
  if ('toJSON' in value && typeof value.toJSON === 'function')
    return redact((value as { toJSON(): unknown }).toJSON(), depth + 1);
  return redactKeys(value, depth);
}

/** As `redact`, for an object that pino is about to write. */
export function redactKeys(value: object, depth = 0): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) copy[key] = secretKey.test(key) ? redacted : redact(item, depth + 1);
  return copy;
}

const bearer = /\b(Bearer|Basic)\s+[\w.~+/=-]{4,}/gi;
const jsonWebToken = /\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/g;
const inQuery = /([?&](?:token|code|secret|signature|password|api_?key|X-Amz-[A-Za-z-]+)=)[^&\s"']+/gi;
const webhookSecret = /\bwhsec_[\w+/=-]+/g;

/** Credentials inside running text: bearer tokens, JWTs, webhook secrets, secrets in a query string. */
export function redactText(text: string): string {
  return text
    .replace(bearer, `$1 ${redacted}`)
    .replace(jsonWebToken, redacted)
    .replace(inQuery, `$1${redacted}`)
    .replace(webhookSecret, redacted);
}
