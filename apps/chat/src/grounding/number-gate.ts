import type { Grounding } from '@stocktool/contracts';
import type { Facts } from './facts';
import { tokensOf } from './number-grammar';

export interface Released {
  readonly text: string;
  readonly grounding: readonly Grounding[];
}

/**
 * The end of a text that may still become part of a number or link: its last word (signs and currencies may stand before a
 * digit), and after a word with a digit one word more ("1.2 billion", "5 January"). Scripts without spaces are not held.
 */
const unfinished = /(?:[^\s\p{Lo}]*\d[^\s\p{Lo}]*(?:[ \t]+[^\s\p{Lo}]*)?|[^\s\p{Lo}]+)$/u;
const longestHeld = 200;
const contextLength = 64;
/** How far behind a number is looked for what it is. */
const clauseLength = 40;
const clauseEnd = /[;:!?()\n|]|[,.](?=\s)|\d/;

/**
 * Text goes in as the model writes it and comes out with no number cut in two and every number looked up in the facts.
 * Positions are UTF-16 units of the whole content.
 */
export class NumberGate {
  private released = '';
  private held = '';

  constructor(private readonly facts: Facts) {}

  get content(): string {
    return this.released;
  }

  /** What may be shown after this piece of text. */
  push(text: string): Released {
    this.held += text;
    const open = unfinished.exec(this.held);
    const whole = open === null || this.held.length - open.index > longestHeld ? this.held.length : open.index;
    return this.release(this.beforeUndecided(whole));
  }

  /** Numbers wait for the rest of their clause, which may say what they are: "28% volatility". */
  private beforeUndecided(whole: number): number {
    if (!/\d/.test(this.held)) return whole;
    const context = this.released.slice(-contextLength);
    const { numbers } = tokensOf(context + this.held.slice(0, whole));
    const undecided = numbers.find(
      ({ end }) => end > context.length && !this.clauseBehind(end - context.length).isWhole,
    );
    return undecided === undefined ? whole : Math.max(0, undecided.start - context.length);
  }

  private clauseBehind(end: number): { text: string; isWhole: boolean } {
    const rest = this.held.slice(end, end + clauseLength);
    const stop = clauseEnd.exec(rest);
    return { text: stop ? rest.slice(0, stop.index) : rest, isWhole: stop !== null || rest.length === clauseLength };
  }

  /** The rest, when the model has ended or a tool call interrupts the text. */
  flush(): Released {
    return this.release(this.held.length);
  }

  private release(length: number): Released {
    const text = this.held.slice(0, length);
    if (text === '') return { text, grounding: [] };
    const context = this.released.slice(-contextLength);
    const offset = this.released.length - context.length;
    const { numbers, references } = tokensOf(context + text);
    const fresh = ({ end }: { end: number }) => end > context.length;
    const answer = this.released + text;
    const grounding = [
      ...numbers.filter(fresh).map((token) => {
        const after = this.clauseBehind(token.end - context.length).text;
        return { token, backing: this.facts.backingOf(token, answer.slice(0, offset + token.start), after) };
      }),
      ...references.filter(fresh).map((token) => ({ token, backing: this.facts.backingOfReference(token) })),
    ].map(({ token, backing }): Grounding => {
      const place = { start: offset + token.start, end: offset + token.end, text: token.text };
      return { ...place, ok: backing !== undefined, ...backing };
    });
    this.released = answer;
    this.held = this.held.slice(length);
    return { text, grounding: grounding.sort((a, b) => a.start - b.start) };
  }
}
