import type { z } from 'zod';

/**
 * Reads with a strict schema what another version has written: keys that the schema does not know are left out and named, in dots.
 * Whoever acts on it decides by their names whether it may. Throws ZodError for any other fault.
 */
export function parseKnown<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): { known: z.output<Schema>; unknown: string[] } {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { known: parsed.data, unknown: [] };
  const strangers = parsed.error.issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? [issue] : []));
  if (strangers.length === 0) throw parsed.error;
  const kept: unknown = structuredClone(value);
  for (const { path, keys } of strangers) {
    const holder = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)[key], kept);
    for (const key of keys) delete (holder as Record<string, unknown>)[key];
  }
  const unknown = strangers.flatMap(({ path, keys }) => keys.map((key) => [...path, key].map(String).join('.')));
  return { known: schema.parse(kept), unknown };
}
