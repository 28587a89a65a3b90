import type { KnownLinks } from './known-links';

const removed = '(link removed)';
const longestHeld = 2000;

/** Whatever a client may make a link of, or load by itself. */
const address = new RegExp(
  [
    String.raw`[a-z][a-z0-9+.-]*:\/\/[^\s<>"'\`]*`,
    String.raw`(?<![a-z0-9])(?:(?:javascript|mailto|vbscript|file|tel|sms|blob|ftp):|data:[a-z]+\/)\S+`,
    String.raw`(?<![:\w/])\/\/[a-z0-9-]+(?:\.[a-z0-9-]+)+\S*`,
    String.raw`(?<![a-z0-9])www\.\S+`,
    String.raw`(?<![\w@.-])(?:[a-z0-9_-]{1,63}\.)+[a-z]{2,24}(?::\d+)?(?:[/#]\S*|\?[^\s!.,;:)"'*]\S*)`,
    // three labels or more: the first could be made of what is to be carried out
    String.raw`(?<![\w@.-])(?:[a-z0-9_-]{2,63}\.){2,}[a-z]{2,24}(?![\w-])`,
  ].join('|'),
  'gi',
);
const destination = /\]\(\s*<?([^)\s>]*)[^)]*\)?/g;
const invisible = /[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]/gu;
const entities: Readonly<Record<string, string>> = {
  colon: ':',
  sol: '/',
  period: '.',
  amp: '&',
  lbrack: '[',
  lpar: '(',
};

/** Nothing of these alone is a link or becomes one: most of a text, which costs no more than this look. */
const plain = /^[\w\s,;'"()%+*#=|$-]*$/;
/** Letters as they are, and nothing that stands for another. */
const literal = /^[\x20-%'-[\]-~]*$/;

/** As a client may read it: characters of another form, invisible ones, entities and escapes resolved. */
function asRead(word: string): string {
  return word
    .normalize('NFKC')
    .replace(invisible, '')
    .replaceAll('\u3002', '.')
    .replace(/&#(x?)([0-9a-f]{1,6});?/gi, (_, hex: string, code: string) =>
      fromCode(Number.parseInt(code, hex ? 16 : 10)),
    )
    .replace(/&([a-z]+);/gi, (whole, name: string) => entities[name.toLowerCase()] ?? whole)
    .replace(/\\([!-/:-@[-`{-~])/g, '$1');
}

const fromCode = (code: number): string => (code > 0 && code < 0x11_0000 ? String.fromCodePoint(code) : '');

/**
 * Takes links out of a text as it comes, but for those that tools gave as addresses: a link that a model makes can carry out what it has
 * read, and an image does so without a click. So images and HTML are never let through, as what they would be.
 */
export class LinkGate {
  private held = '';

  constructor(private readonly known: KnownLinks) {}

  /** What may be shown after this piece of text: whole words, and no half of a link. */
  push(text: string): string {
    this.held += text;
    const open = openAt(this.held);
    const whole = this.held.length - open > longestHeld ? this.held.length : open;
    return this.release(whole);
  }

  /** The rest, when the model has ended or a tool call interrupts the text. */
  flush(): string {
    return this.release(this.held.length);
  }

  private release(length: number): string {
    const text = this.held.slice(0, length);
    this.held = this.held.slice(length);
    return plain.test(text) ? text : this.cleaned(text);
  }

  private cleaned(text: string): string {
    return text
      .replace(/!+\[/g, '[')
      .replace(/<(?=[a-z!/?])/gi, '‹')
      .replace(destination, (whole, to: string) => (this.known.has(to) ? whole : `] ${removed}`))
      .replace(/\S+/g, (word) => this.word(word));
  }

  private word(word: string): string {
    if (literal.test(word)) return this.without(word);
    const read = asRead(word);
    if (read !== word && this.without(read) !== read) return removed;
    return this.without(word);
  }

  private without(word: string): string {
    return word.replace(address, (found) => (this.known.has(found) ? found : removed));
  }
}

/** Where a word, or the destination of a link, has begun that may go on. */
function openAt(text: string): number {
  const word = /[^\s\p{Lo}]*$/u.exec(text)?.index ?? text.length;
  const link = text.lastIndexOf('](');
  if (link < 0 || text.includes(')', link)) return word;
  return Math.min(text.slice(0, link).search(/[^\s\p{Lo}]*$/u), word);
}
