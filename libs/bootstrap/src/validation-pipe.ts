import { type ArgumentMetadata, type PipeTransform, StandardSchemaValidationPipe } from '@nestjs/common';
import { type FieldFault, Problem } from '@stocktool/contracts';
import { z } from 'zod';

const maxFaults = 50;

/** What the standard-schema issue of zod carries besides path and message. */
const UnknownKeys = z.object({ code: z.literal('unrecognized_keys'), keys: z.array(z.string()) });
const NoUnionMember = z.object({ code: z.literal('invalid_union'), errors: z.array(z.array(z.unknown())) });
const Issue = z.object({ path: z.array(z.unknown()).default([]), message: z.string() });

/**
 * What does not fit its schema becomes Problem `validation-failed` with a fault for each field. Bodies go through Nest's own
 * schema pipe. It waits and walks through a value even where there is nothing to wait for and nothing in it, which would be a tenth
 * of a short request; parameters and queries are flat and are read at once.
 */
export class SchemaPipe implements PipeTransform {
  private readonly bodies = new StandardSchemaValidationPipe({ exceptionFactory: (issues) => problemOfIssues(issues) });

  transform(value: unknown, metadata: ArgumentMetadata): unknown {
    const { type, schema } = metadata;
    if (!schema || type === 'custom') return value;
    if (type === 'body' || hasPrototypeKey(value)) return this.bodies.transform(value, metadata);
    const result = schema['~standard'].validate(value);
    return result instanceof Promise ? result.then(valueOf) : valueOf(result);
  }
}

function valueOf(result: Checked): unknown {
  if (result.issues) throw problemOfIssues(result.issues);
  return result.value;
}

type Checked = Awaited<ReturnType<NonNullable<ArgumentMetadata['schema']>['~standard']['validate']>>;

/** Nest's pipe takes these out, at any depth. */
const hasPrototypeKey = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (Object.hasOwn(value, '__proto__') || Object.hasOwn(value, 'prototype') || Object.hasOwn(value, 'constructor'));

/** Also for values that no pipe sees: `problemOfIssues(schema.safeParse(value).error.issues)`. */
export function problemOfIssues(issues: readonly unknown[]): Problem {
  const errors: FieldFault[] = [];
  for (const issue of issues) {
    if (errors.length >= maxFaults) break;
    errors.push(...faultsOf(issue, []));
  }
  errors.splice(maxFaults);
  const [first] = errors;
  const detail = first ? [first.path, first.message].filter(Boolean).join(': ') : 'The request is not valid.';
  return new Problem('validation-failed', detail, { errors });
}

function faultsOf(issue: unknown, parent: readonly string[]): FieldFault[] {
  const { path, message } = Issue.parse(issue);
  const here = [...parent, ...path.map(keyOf)];
  const unknownKeys = UnknownKeys.safeParse(issue);
  if (unknownKeys.success) {
    return unknownKeys.data.keys
      .slice(0, maxFaults)
      .map((key) => ({ path: [...here, key].join('.'), message: 'unknown field' }));
  }
  const union = NoUnionMember.safeParse(issue);
  const nearest = union.success ? union.data.errors.toSorted((one, other) => one.length - other.length)[0] : undefined;
  if (nearest?.length) return nearest.flatMap((inner) => faultsOf(inner, here));
  return [{ path: here.join('.'), message }];
}

/** A path segment is a key, or an object that holds one (the standard-schema specification allows both). */
function keyOf(segment: unknown): string {
  if (typeof segment === 'object' && segment !== null && 'key' in segment) return String(segment.key);
  return String(segment);
}
