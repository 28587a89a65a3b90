import { z } from 'zod';
import type { ToolDefinition } from './language-model';

/** JSON Schema of a tool is made once: it does not change, and making it takes longer than all else here. */
const schemas = new WeakMap<z.ZodType, Record<string, unknown>>();

/** A tool as providers are told of it. */
export function toolSchema({ name, description, parameters }: ToolDefinition) {
  let schema = schemas.get(parameters);
  if (!schema) {
    const { $schema: _, ...rest } = z.toJSONSchema(parameters, { io: 'input', unrepresentable: 'any' });
    schema = rest;
    schemas.set(parameters, schema);
  }
  return { type: 'function' as const, function: { name, description, parameters: schema } };
}
