import { parseJson } from '@stocktool/contracts';
import { z } from 'zod';
import { claimOf, type Claim } from './claim';
import { tokensOf, type NumberToken, type ReferenceToken } from './number-grammar';
import { SymbolMentions } from './symbol-mentions';

interface Fact {
  readonly value: number;
  /** In percent points, so that 3.02 backs "3.02%". */
  readonly isPercent: boolean;
  /** A loss given as a positive number: words and signs may both show it as negative. */
  readonly isLoss: boolean;
  readonly toolCallId?: string;
  /** Whose figure it is: one symbol, two of a correlation, none of a portfolio. */
  readonly symbols: readonly string[];
  /** Where it stands in its result; empty for a number in a text, which may be anything. */
  readonly path: string;
}

/** Who backs a number: a tool call, or the user's own words. */
export interface Backing {
  readonly toolCallId?: string;
}

const percentKey = /percent/i;
const lossKey = /drawdown|shortfall|\bvar\b|tailRisk|valueAtRisk|ulcer/i;
const relativeTolerance = 1e-9;
const factsKept = 50_000;

/** Everything an answer may quote: figures of tool results, numbers and links in their texts, and what the user said. */
export class Facts {
  private readonly facts: Fact[] = [];
  private readonly texts: { text: string; toolCallId: string }[] = [];
  private readonly mentions: SymbolMentions;

  /** `names`: of symbols, by which an answer may call them. */
  constructor(names?: ReadonlyMap<string, string>) {
    this.mentions = new SymbolMentions(names);
  }

  addUserText(text: string): void {
    this.addText(text, {});
  }

  addToolResult(toolCallId: string, result: unknown): void {
    this.walk(result, '', toolCallId, []);
  }

  /** As kept in a conversation. */
  addToolJson(toolCallId: string, json: string): void {
    this.addToolResult(toolCallId, parseJson(z.unknown(), json));
  }

  /**
   * The first figure that a number may be: the value within its shown rounding, and the symbol and metric that the words around it
   * say, as far as they say any. `before` is the answer up to it, `after` the rest of its clause.
   */
  backingOf(token: NumberToken, before = '', after = ''): Backing | undefined {
    const candidates = this.facts.filter((fact) => backs(fact, token));
    if (candidates.length === 0) return undefined;
    const claim = claimOf(before, after, this.mentions);
    const inResults = candidates.filter(({ path }) => path !== '');
    // a number of the user's words or of a text is none of what a result says of another symbol
    const isOfAnother = claim.figures.length > 0 && inResults.some((fact) => isMeant(fact, claim));
    const found =
      inResults.find((fact) => isMeant(fact, claim) && isInState(fact, claim) && isOfThese(fact, claim)) ??
      (isOfAnother ? undefined : candidates.find(({ path }) => path === ''));
    return found && (found.toolCallId === undefined ? {} : { toolCallId: found.toolCallId });
  }

  /** A link or id is backed by a tool result that contains it. */
  backingOfReference({ text }: ReferenceToken): Backing | undefined {
    const found = this.texts.find((one) => one.text.includes(text));
    return found && { toolCallId: found.toolCallId };
  }

  private walk(value: unknown, path: string, toolCallId: string, within: readonly string[]): void {
    if (typeof value === 'number') {
      const kind = { isPercent: percentKey.test(path), isLoss: lossKey.test(path) };
      this.add({ value, ...kind, toolCallId, symbols: within, path });
    } else if (typeof value === 'string') {
      this.texts.push({ text: value, toolCallId });
      this.addText(value, { toolCallId });
    } else if (typeof value === 'object' && value !== null) {
      const own = symbolsOf(value);
      for (const symbol of own) this.mentions.add(symbol);
      const label = labelOf(value);
      for (const [key, inner] of Object.entries(value))
        this.walk(inner, `${path}.${label}${averageOf(value, key)}`, toolCallId, own.length > 0 ? own : within);
    }
  }

  private addText(text: string, backing: Backing): void {
    for (const { value, isPercent } of tokensOf(text).numbers)
      this.add({ value, isPercent, isLoss: false, symbols: [], path: '', ...backing });
  }

  private add(fact: Fact): void {
    if (this.facts.length < factsKept) this.facts.push(fact);
  }
}

const symbolKeys = ['symbol', 'first', 'second'];

/** Of an object that is about one symbol, or about a pair. */
const symbolsOf = (value: object): string[] =>
  symbolKeys.flatMap((key) => {
    const named = (value as Record<string, unknown>)[key];
    return typeof named === 'string' ? [named] : [];
  });

/** Rows of indicators are told apart by their names and lines, those of losses by their confidence. */
function labelOf(row: object): string {
  const { name, line, confidence } = row as Record<string, unknown>;
  const labels = [name, line].filter((label) => typeof label === 'string' && label.length <= 20);
  if (typeof confidence === 'number') labels.push(`at${Number((confidence * 100).toFixed(4))}`);
  return labels.map((label) => `${String(label)}.`).join('');
}

/** The averages of a crossing are called by their days, as people do. */
function averageOf(row: object, key: string): string {
  const { fastDays, slowDays } = row as { fastDays?: unknown; slowDays?: unknown };
  if (key === 'fastAverage' && typeof fastDays === 'number') return `average${fastDays}`;
  return key === 'slowAverage' && typeof slowDays === 'number' ? `average${slowDays}` : key;
}

const isMeant = ({ path }: Fact, { figures }: Claim): boolean => figures.every((one) => one.test(path));
const isInState = ({ path }: Fact, { states = [] }: Claim): boolean => states.every((one) => one.test(path));
const isOfThese = ({ symbols }: Fact, claim: Claim): boolean =>
  symbols.every((symbol) => claim.symbols?.has(symbol) ?? true);

/**
 * Equal within half a unit of the last shown digit. A percentage is backed by percent points or by the fraction; a number
 * without a sign may be the size of a negative one ("fell 12%"), a minus needs a negative figure or a loss.
 */
function backs(fact: Fact, token: NumberToken): boolean {
  const shown = Math.abs(token.value);
  const actual = Math.abs(fact.value);
  if (token.isNegative && fact.value > 0 && !fact.isLoss) return false;
  if (token.isPercent === fact.isPercent) return near(shown, actual, token.tolerance);
  return token.isPercent
    ? near(shown, actual * 100, token.tolerance)
    : near(shown * 100, actual, token.tolerance * 100);
}

const near = (shown: number, actual: number, tolerance: number): boolean =>
  Math.abs(shown - actual) <= tolerance + relativeTolerance * Math.max(1, actual);
