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
    const keep = open === null || this.held.length - open.index > longestHeld ? 0 : this.held.length - open.index;
    return this.release(this.held.length - keep);
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
    this.released += text;
    this.held = this.held.slice(length);
    const { numbers, references } = tokensOf(context + text);
    const fresh = ({ end }: { end: number }) => end > context.length;
    const grounding = [
      ...numbers.filter(fresh).map((token) => ({ token, backing: this.facts.backingOf(token) })),
      ...references.filter(fresh).map((token) => ({ token, backing: this.facts.backingOfReference(token) })),
    ].map(({ token, backing }): Grounding => {
      const place = { start: offset + token.start, end: offset + token.end, text: token.text };
      return { ...place, ok: backing !== undefined, ...backing };
    });
    return { text, grounding: grounding.sort((a, b) => a.start - b.start) };
  }
}
