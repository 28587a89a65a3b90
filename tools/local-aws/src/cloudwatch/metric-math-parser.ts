import { validationError } from './cloudwatch-errors';

export type BinaryOperator = '+' | '-' | '*' | '/' | '^' | '<' | '<=' | '>' | '>=' | '==' | '!=' | '&&' | '||';

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'negate'; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    };

const token = /\s*(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+|[A-Za-z_]\w*|"[^"]*"|'[^']*'|&&|\|\||[<>=!]=|[-+*/^<>()[\],])/y;
const deepest = 30;
const longest = 2048;

/** Binding from loose to tight. */
const levels: readonly (readonly BinaryOperator[])[] = [
  ['||'],
  ['&&'],
  ['<', '<=', '>', '>=', '==', '!='],
  ['+', '-'],
  ['*', '/'],
];
const words: Readonly<Record<string, BinaryOperator>> = { AND: '&&', OR: '||' };

/** Parses a metric math expression. */
export function parseMetricMath(text: string): Expression {
  return new Parser(text).parse();
}

class Parser {
  private readonly tokens: string[] = [];
  private at = 0;
  private depth = 0;

  constructor(private readonly text: string) {
    const trimmed = text.trim();
    if (trimmed.length > longest) throw this.error();
    token.lastIndex = 0;
    while (token.lastIndex < trimmed.length) {
      const match = token.exec(trimmed);
      if (!match) throw this.error();
      this.tokens.push(match[1]!);
    }
  }

  parse(): Expression {
    const expression = this.level(0);
    if (this.at < this.tokens.length) throw this.error();
    return expression;
  }

  private level(index: number): Expression {
    const operators = levels[index];
    if (!operators) return this.unary();
    if (++this.depth > deepest * levels.length) throw this.error();
    let left = this.level(index + 1);
    for (let operator = this.operator(operators); operator; operator = this.operator(operators)) {
      left = { kind: 'binary', operator, left, right: this.level(index + 1) };
    }
    this.depth--;
    return left;
  }

  private operator(operators: readonly BinaryOperator[]): BinaryOperator | undefined {
    const next = this.tokens[this.at] ?? '';
    const operator = words[next.toUpperCase()] ?? (next as BinaryOperator);
    if (!operators.includes(operator)) return undefined;
    this.at++;
    return operator;
  }

  private unary(): Expression {
    if (!this.take('-')) return this.power();
    return { kind: 'negate', operand: this.unary() };
  }

  private power(): Expression {
    const left = this.primary();
    return this.take('^') ? { kind: 'binary', operator: '^', left, right: this.unary() } : left;
  }

  private primary(): Expression {
    const next = this.tokens[this.at++];
    if (next === undefined) throw this.error();
    if (next === '(') {
      const inner = this.level(0);
      if (!this.take(')')) throw this.error();
      return inner;
    }
    if (next === '[') return { kind: 'list', items: this.until(']') };
    if (/^["']/.test(next)) return { kind: 'text', value: next.slice(1, -1) };
    if (/^[\d.]/.test(next)) return { kind: 'number', value: Number(next) };
    if (!/^[A-Za-z_]/.test(next)) throw this.error();
    return this.take('(')
      ? { kind: 'call', name: next.toUpperCase(), args: this.until(')') }
      : { kind: 'name', name: next };
  }

  private until(close: string): Expression[] {
    const items: Expression[] = [];
    if (this.take(close)) return items;
    do items.push(this.level(0));
    while (this.take(','));
    if (!this.take(close)) throw this.error();
    return items;
  }

  private take(expected: string): boolean {
    if (this.tokens[this.at] !== expected) return false;
    this.at++;
    return true;
  }

  private error() {
    return validationError(`Error in expression: cannot parse '${this.text.slice(0, 200)}' near token ${this.at + 1}`);
  }
}
