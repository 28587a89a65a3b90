import { createHash } from 'node:crypto';

/** Keys sorted at every depth: two bodies that mean the same have the same text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

export const bodyHash = (value: unknown): string =>
  createHash('sha256').update(canonicalJson(value)).digest('base64url');
