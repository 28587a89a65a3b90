import { parseJson } from '@stocktool/contracts';
import { z } from 'zod';
import { tokensOf, type NumberToken, type ReferenceToken } from './number-grammar';

interface Fact {
  readonly value: number;
  /** In percent points, so that 3.02 backs "3.02%". */
  readonly isPercent: boolean;
  /** A loss given as a positive number: words and signs may both show it as negative. */
  readonly isLoss: boolean;
  readonly toolCallId?: string;
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

  addUserText(text: string): void {
    this.addText(text, {});
  }

  addToolResult(toolCallId: string, result: unknown): void {
    this.walk(result, '', toolCallId);
  }

  /** As kept in a conversation. */
  addToolJson(toolCallId: string, json: string): void {
    this.addToolResult(toolCallId, parseJson(z.unknown(), json));
  }

  /** The first backing of a number within its shown rounding. */
  backingOf(token: NumberToken): Backing | undefined {
    const found = this.facts.find((fact) => backs(fact, token));
    return found && (found.toolCallId === undefined ? {} : { toolCallId: found.toolCallId });
  }

  /** A link or id is backed by a tool result that contains it. */
  backingOfReference({ text }: ReferenceToken): Backing | undefined {
    const found = this.texts.find((one) => one.text.includes(text));
    return found && { toolCallId: found.toolCallId };
  }

  private walk(value: unknown, path: string, toolCallId: string): void {
    if (typeof value === 'number') {
      this.add({ value, isPercent: percentKey.test(path), isLoss: lossKey.test(path), toolCallId });
    } else if (typeof value === 'string') {
      this.texts.push({ text: value, toolCallId });
      this.addText(value, { toolCallId });
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) this.walk(inner, `${path}.${key}`, toolCallId);
    }
  }

  private addText(text: string, backing: Backing): void {
    for (const { value, isPercent } of tokensOf(text).numbers)
      this.add({ value, isPercent, isLoss: false, ...backing });
  }

  private add(fact: Fact): void {
    if (this.facts.length < factsKept) this.facts.push(fact);
  }
}

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
