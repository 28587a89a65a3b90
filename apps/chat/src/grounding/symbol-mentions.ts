import { namesOf } from '@stocktool/llm/symbol-names';

interface Mention {
  readonly symbol: string;
  readonly start: number;
  readonly end: number;
}

/** What a figure is compared with is not what it is of. */
const comparing = /\b(?:against|versus|vs\.?|relative to|compared (?:with|to)|than|benchmark)\s*(?:the\s+)?[(*]*$/i;
/** Between two names that are spoken of together. */
const joining = /^[\s,/&()*]*(?:and|or|with)?[\s()*]*$/i;
const leastName = 3;
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** Finds the symbols that have figures, and the names of their companies, in a text. */
export class SymbolMentions {
  private readonly patterns = new Map<string, RegExp>();

  /** `names`: of symbols, as a catalogue has them. */
  constructor(private readonly names: ReadonlyMap<string, string> = new Map()) {}

  add(symbol: string): void {
    if (this.patterns.has(symbol)) return;
    const name = this.names.get(symbol);
    const spoken = name === undefined ? [] : namesOf({ symbol, name });
    const words = spoken.filter((text) => text.length >= leastName && !/\bmarket\b|\bindex\b/.test(text));
    const forms = [escaped(symbol), ...words.map((text) => `(?i:${escaped(text)})`)];
    this.patterns.set(symbol, new RegExp(String.raw`(?<![\p{L}\p{N}^~])(?:${forms.join('|')})(?![\p{L}\p{N}])`, 'gu'));
  }

  /** The symbols that the last names of a text are spoken of together with; undefined without any. */
  last(text: string): ReadonlySet<string> | undefined {
    const all = this.all(text).filter(({ start }) => !comparing.test(text.slice(Math.max(0, start - 40), start)));
    let current = all.at(-1);
    if (!current) return undefined;
    const group = new Set([current.symbol]);
    for (const mention of all.slice(0, -1).reverse()) {
      if (!joining.test(text.slice(mention.end, current.start))) break;
      group.add(mention.symbol);
      current = mention;
    }
    return group;
  }

  first(text: string): ReadonlySet<string> | undefined {
    const mention = this.all(text)[0];
    return mention && new Set([mention.symbol]);
  }

  private all(text: string): Mention[] {
    return [...this.patterns]
      .flatMap(([symbol, pattern]) =>
        [...text.matchAll(pattern)].map(({ index, 0: form }) => ({ symbol, start: index, end: index + form.length })),
      )
      .sort((a, b) => a.start - b.start);
  }
}
