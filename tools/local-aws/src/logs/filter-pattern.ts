import { AwsError } from '../aws-error';

type Test = (message: string) => boolean;
type JsonTest = (event: unknown) => boolean;

const invalid = (pattern: string): AwsError =>
  new AwsError('InvalidParameterException', `Invalid filter pattern: ${pattern}`);

/** Compiles a CloudWatch Logs filter pattern: terms, `?any` terms, `-none` terms, "phrases", %regular expressions% and `{ $.json }`. */
export function compileFilterPattern(pattern: string): Test {
  const text = pattern.trim();
  if (text === '') return () => true;
  if (text.startsWith('{')) return jsonPattern(text);
  if (text.startsWith('['))
    throw new AwsError('NotImplementedException', 'Space-delimited filter patterns are not emulated', { status: 501 });
  if (text.length > 1 && text.startsWith('%') && text.endsWith('%')) {
    const expression = regularExpression(text.slice(1, -1), pattern);
    return (message) => expression.test(message);
  }
  return termPattern(text);
}

function regularExpression(source: string, pattern: string): RegExp {
  try {
    return new RegExp(source);
  } catch {
    throw invalid(pattern);
  }
}

/** Every plain term must be there, none of the `-` terms, and at least one of the `?` terms if there are any. */
function termPattern(text: string): Test {
  const all: string[] = [];
  const any: string[] = [];
  const none: string[] = [];
  for (const [, sign = '', quoted, plain] of text.matchAll(/([?-]?)(?:"((?:[^"\\]|\\.)*)"|(\S+))/g)) {
    const term = quoted !== undefined ? quoted.replace(/\\(.)/g, '$1') : plain!;
    (sign === '?' ? any : sign === '-' ? none : all).push(term);
  }
  return (message) =>
    all.every((term) => message.includes(term)) &&
    !none.some((term) => message.includes(term)) &&
    (any.length === 0 || all.length > 0 || any.some((term) => message.includes(term)));
}

function jsonPattern(text: string): Test {
  const parser = new JsonPatternParser(text);
  const matches = parser.parse();
  return (message) => {
    let event: unknown;
    try {
      event = JSON.parse(message);
    } catch {
      return false; // a line that is no JSON has no fields
    }
    return matches(event);
  };
}

const token =
  /\s*(&&|\|\||\(|\)|\{|\}|!=|>=|<=|=|<|>|\$(?:\.[\w-]+|\[\d+\])*|"(?:[^"\\]|\\.)*"|%[^%]*%|[^\s(){}=<>!&|]+)/y;
const deepest = 20;

class JsonPatternParser {
  private readonly tokens: string[] = [];
  private at = 0;
  private depth = 0;

  constructor(private readonly text: string) {
    token.lastIndex = 0;
    const trimmed = text.trimEnd();
    while (token.lastIndex < trimmed.length) {
      const match = token.exec(trimmed);
      if (!match) throw invalid(text);
      this.tokens.push(match[1]!);
    }
  }

  parse(): JsonTest {
    this.expect('{');
    const test = this.either();
    this.expect('}');
    if (this.at < this.tokens.length) throw invalid(this.text);
    return test;
  }

  private either(): JsonTest {
    const tests = [this.both()];
    while (this.take('||')) tests.push(this.both());
    return (event) => tests.some((test) => test(event));
  }

  private both(): JsonTest {
    const tests = [this.single()];
    while (this.take('&&')) tests.push(this.single());
    return (event) => tests.every((test) => test(event));
  }

  private single(): JsonTest {
    if (!this.take('(')) return this.comparison();
    if (++this.depth > deepest) throw invalid(this.text);
    const test = this.either();
    this.expect(')');
    this.depth--;
    return test;
  }

  private comparison(): JsonTest {
    const selector = this.next();
    if (!selector.startsWith('$')) throw invalid(this.text);
    const path = [...selector.matchAll(/\.([\w-]+)|\[(\d+)\]/g)].map(([, name, index]) => name ?? Number(index));
    const operator = this.next().toUpperCase();
    const operand = this.next();
    if (operator === 'IS') return this.is(path, operand.toUpperCase());
    if (operator === 'NOT') {
      if (operand.toUpperCase() !== 'EXISTS') throw invalid(this.text);
      return (event) => valueAt(event, path) === undefined;
    }
    return this.compare(path, operator, operand);
  }

  private is(path: readonly (string | number)[], what: string): JsonTest {
    const expected = { TRUE: true, FALSE: false, NULL: null }[what];
    if (expected === undefined) throw invalid(this.text);
    return (event) => valueAt(event, path) === expected;
  }

  private compare(path: readonly (string | number)[], operator: string, operand: string): JsonTest {
    const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(operand) ? Number(operand) : undefined;
    const equals = number !== undefined ? (value: unknown) => value === number : textTest(operand, this.text);
    switch (operator) {
      case '=':
        return (event) => equals(valueAt(event, path));
      case '!=':
        return (event) => {
          const value = valueAt(event, path);
          return value !== undefined && !equals(value);
        };
      case '<':
      case '<=':
      case '>':
      case '>=': {
        if (number === undefined) throw invalid(this.text);
        return (event) => ordered(valueAt(event, path), operator, number);
      }
      default:
        throw invalid(this.text);
    }
  }

  private take(expected: string): boolean {
    if (this.tokens[this.at] !== expected) return false;
    this.at++;
    return true;
  }

  private expect(expected: string): void {
    if (!this.take(expected)) throw invalid(this.text);
  }

  private next(): string {
    const value = this.tokens[this.at++];
    if (value === undefined) throw invalid(this.text);
    return value;
  }
}

function ordered(value: unknown, operator: string, bound: number): boolean {
  if (typeof value !== 'number') return false;
  if (operator === '<') return value < bound;
  if (operator === '<=') return value <= bound;
  return operator === '>' ? value > bound : value >= bound;
}

function textTest(operand: string, pattern: string): (value: unknown) => boolean {
  if (operand.length > 1 && operand.startsWith('%')) {
    const expression = regularExpression(operand.slice(1, -1), pattern);
    return (value) => typeof value === 'string' && expression.test(value);
  }
  const text = operand.startsWith('"') ? operand.slice(1, -1).replace(/\\(.)/g, '$1') : operand;
  if (!text.includes('*')) return (value) => value === text;
  const wildcard = new RegExp(
    `^${text
      .split('*')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
    's',
  );
  return (value) => typeof value === 'string' && wildcard.test(value);
}

function valueAt(event: unknown, path: readonly (string | number)[]): unknown {
  let value = event;
  for (const step of path) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}
