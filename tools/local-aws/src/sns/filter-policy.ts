import { AwsError } from '../aws-error';
import type { MessageAttributes } from '../sqs/message';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };
type Matcher = (message: JsonObject) => boolean;
/** Judges the values that a message has under one key. */
type Rule = (values: readonly Json[]) => boolean;

export type FilterScope = 'MessageAttributes' | 'MessageBody';

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '=': (a, b) => a === b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};
const mostCombinations = 150;

const invalid = (reason: string): AwsError =>
  new AwsError('InvalidParameter', `Invalid parameter: FilterPolicy: ${reason}`);
const isObject = (value: unknown): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const anyText =
  (test: (text: string) => boolean): Rule =>
  (values) =>
    values.some((value) => isText(value) && test(value));

/** Parses a subscription's filter policy once, so that a publish only evaluates it. Refuses what SNS refuses. */
export function compileFilterPolicy(text: string, scope: FilterScope): Matcher {
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    throw invalid('failed to parse JSON.');
  }
  if (!isObject(policy)) throw invalid('the policy must be an object.');
  if (combinations(policy) > mostCombinations) throw invalid('the total combination of values exceeds 150.');
  return compileObject(policy, scope);
}

const combinations = (policy: JsonObject): number =>
  Object.values(policy).reduce<number>(
    (product, value) =>
      product * Math.max(1, Array.isArray(value) ? value.length : isObject(value) ? combinations(value) : 1),
    1,
  );

function compileObject(policy: JsonObject, scope: FilterScope): Matcher {
  const matchers = Object.entries(policy).map(([key, condition]): Matcher => {
    if (key === '$or' && Array.isArray(condition) && condition.length >= 2 && condition.every(isObject)) {
      const branches = condition.map((branch) => compileObject(branch, scope));
      return (message) => branches.some((matches) => matches(message));
    }
    if (Array.isArray(condition)) {
      if (condition.length === 0) throw invalid(`"${key}" must be a non-empty array.`);
      const rules = condition.map(compileRule);
      return (message) => {
        const values = valuesAt(message, key);
        return rules.some((rule) => rule(values));
      };
    }
    if (isObject(condition) && scope === 'MessageBody') {
      const nested = compileObject(condition, scope);
      return (message) => nestedAt(message, key).some(nested);
    }
    throw invalid(`"${key}" must be an object or an array`);
  });
  return (message) => matchers.every((matches) => matches(message));
}

const own = (message: JsonObject, key: string): Json | undefined =>
  Object.hasOwn(message, key) ? message[key] : undefined;

function valuesAt(message: JsonObject, key: string): Json[] {
  const value = own(message, key);
  if (value === undefined) return [];
  return Array.isArray(value) ? value.flat(Infinity as 1) : [value];
}

/** A missing branch is an empty object, so that `exists: false` holds inside it. */
function nestedAt(message: JsonObject, key: string): JsonObject[] {
  const objects = valuesAt(message, key).filter(isObject);
  return objects.length > 0 ? objects : [{}];
}

function compileRule(rule: Json): Rule {
  if (!isObject(rule)) {
    if (Array.isArray(rule)) throw invalid('match value must be String, number, true, false, or null');
    return (values) => values.includes(rule);
  }
  const [entry, ...more] = Object.entries(rule);
  if (!entry || more.length > 0) throw invalid('only one key allowed in match expression');
  const [operator, operand] = entry;
  switch (operator) {
    case 'exists':
      if (typeof operand !== 'boolean') throw invalid('exists match pattern must be either true or false.');
      return (values) => values.length > 0 === operand;
    case 'prefix':
    case 'suffix':
    case 'equals-ignore-case':
      return anyText(textTest(operator, operand));
    case 'anything-but':
      return anythingBut(operand);
    case 'numeric':
      return numeric(operand);
    default:
      throw invalid(`Unrecognized match type ${operator}`);
  }
}

function textTest(operator: string, operand: Json): (text: string) => boolean {
  if (!isText(operand)) throw invalid(`${operator} match pattern must be a string`);
  if (operator === 'prefix') return (text) => text.startsWith(operand);
  if (operator === 'suffix') return (text) => text.endsWith(operand);
  return (text) => text.toLowerCase() === operand.toLowerCase();
}

function anythingBut(operand: Json): Rule {
  if (isObject(operand)) {
    const [operator = '', value = null] = Object.entries(operand)[0] ?? [];
    if (operator !== 'prefix' && operator !== 'suffix') throw invalid(`Unsupported anything-but pattern ${operator}`);
    const test = textTest(operator, value);
    return (values) => values.some((one) => !(isText(one) && test(one)));
  }
  const refused = Array.isArray(operand) ? operand : [operand];
  return (values) => values.some((value) => !refused.includes(value));
}

function numeric(operand: Json): Rule {
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4)) {
    throw invalid('Value of numeric must be an array of one or two comparisons');
  }
  const tests: ((value: number) => boolean)[] = [];
  for (let at = 0; at < operand.length; at += 2) {
    const operator = operand[at];
    const compare = isText(operator) && Object.hasOwn(comparisons, operator) ? comparisons[operator] : undefined;
    const bound = operand[at + 1];
    if (!compare || typeof bound !== 'number') throw invalid('Unrecognized numeric range operator or bound');
    tests.push((value) => compare(value, bound));
  }
  return (values) => values.some((value) => typeof value === 'number' && tests.every((test) => test(value)));
}

/** What a policy over attributes sees: strings, numbers, and the members of String.Array. */
export function attributesAsMessage(attributes: MessageAttributes): JsonObject {
  const message: JsonObject = {};
  for (const [name, { DataType, StringValue }] of Object.entries(attributes)) {
    if (StringValue === undefined || StringValue === null) continue;
    if (DataType.startsWith('Number')) message[name] = Number(StringValue);
    else message[name] = DataType === 'String.Array' ? parsedOr(StringValue) : StringValue;
  }
  return message;
}

/** What a policy over the body sees; undefined when the body is no JSON object, and then nothing matches. */
export function bodyAsMessage(body: string): JsonObject | undefined {
  const value = parsedOr(body);
  return isObject(value) ? value : undefined;
}

function parsedOr(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
