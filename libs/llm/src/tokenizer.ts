import { tokensAtMost } from './tokens';

type Count = (text: string) => number;

/** Longer texts are counted in pieces, which may add one token each: counting is not linear in the length of a run without blanks. */
const pieceLength = 4096;

/**
 * Counts tokens as OpenAI's models since GPT-4o do (o200k_base); others differ by some percent. The table takes 80 MB and a second
 * to load: who asks models of a provider loads it. Before that, and where nobody does, an upper bound stands in.
 */
export class Tokenizer {
  private exact: Count | undefined;

  async load(): Promise<void> {
    const { countTokens } = await import('gpt-tokenizer/encoding/o200k_base');
    // A text that looks like a control token is a text: users may write what they like.
    const asText = { disallowedSpecial: new Set<string>() };
    this.exact = (text) => countTokens(text, asText);
  }

  count(text: string): number {
    if (!this.exact) return tokensAtMost(text);
    let tokens = 0;
    for (let at = 0; at < text.length; at += pieceLength) tokens += this.exact(text.slice(at, at + pieceLength));
    return tokens;
  }
}
