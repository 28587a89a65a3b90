import { z } from 'zod';
import { Problem } from './problem';

/**
 * The only door for JSON text: parsed and checked in one step.
 * Throws Problem `malformed-json` for text that is not JSON and ZodError for JSON of another shape.
 */
export function parseJson<Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> {
  return schema.parse(readJson(text));
}

function readJson(text: string): unknown {
  try {
    // eslint-disable-next-line no-restricted-properties -- the contract parser itself
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new Problem('malformed-json', 'The text is not valid JSON.', { cause });
  }
}
