import { z } from 'zod';
import type { Resolver } from '../template/resolver';

const OneOrMore = z.unknown().transform((value): unknown[] => (Array.isArray(value) ? (value as unknown[]) : [value]));

/** Strict on purpose: NotAction, NotResource, Principal and whatever else there is fail here and are never passed over. */
const RawStatement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: OneOrMore,
  Resource: OneOrMore,
  Condition: z.record(z.string(), z.record(z.string(), OneOrMore)).default({}),
});
const Document = z.strictObject({ Version: z.literal('2012-10-17'), Statement: z.array(RawStatement) });

interface Condition {
  readonly operator: 'StringEquals' | 'StringLike' | 'ArnLike' | 'ArnEquals';
  readonly key: string;
  readonly values: readonly string[];
}

export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: readonly Condition[];
}

/** What IAM is asked: one action on one resource (`*` where the action knows none), with the values of condition keys. */
export interface Request {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
}

const operators: readonly string[] = ['StringEquals', 'StringLike', 'ArnLike', 'ArnEquals'];

/** The statements of a policy document in a template. Throws on everything that this evaluator does not know. */
export function readPolicy(document: unknown, resolver: Resolver): Statement[] {
  return Document.parse(document).Statement.map(({ Effect, Action, Resource, Condition }) => ({
    effect: Effect,
    actions: Action.map((action) => resolver.text(action)),
    resources: Resource.map((resource) => resolver.text(resource)),
    conditions: Object.entries(Condition).flatMap(([operator, keys]) => {
      if (!isKnown(operator)) throw new Error(`The condition operator ${operator} is not known here`);
      return Object.entries(keys).map(([key, values]) => ({
        operator,
        key,
        values: values.map((value) => resolver.text(value)),
      }));
    }),
  }));
}

const isKnown = (operator: string): operator is Condition['operator'] => operators.includes(operator);

/**
 * IAM's rule for the policies of one identity: denied if a statement denies, allowed if one allows, else denied.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function decide(statements: readonly Statement[], request: Request): 'allowed' | 'denied' {
  const matching = statements.filter((statement) => matches(statement, request));
  if (matching.some(({ effect }) => effect === 'Deny')) return 'denied';
  return matching.length > 0 ? 'allowed' : 'denied';
}

export const matches = ({ actions, resources, conditions }: Statement, request: Request): boolean =>
  actions.some((pattern) => isLike(request.action.toLowerCase(), pattern.toLowerCase())) &&
  resources.some((pattern) => isLike(request.resource, pattern)) &&
  conditions.every((condition) => holds(condition, request.context));

/** Keys of conditions are compared without regard to case; a key that the request lacks makes the condition false. */
function holds({ operator, key, values }: Condition, context: Readonly<Record<string, string>>): boolean {
  const [, actual] = Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase()) ?? [];
  if (actual === undefined) return false;
  return values.some((value) => (operator === 'StringEquals' ? actual === value : isLike(actual, value)));
}

/** `*` stands for any characters, `?` for one. */
function isLike(text: string, pattern: string): boolean {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`, 's').test(text);
}
