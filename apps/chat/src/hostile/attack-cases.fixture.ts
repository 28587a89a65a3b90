import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const Corpus = z.object({
  instructions: z.array(
    z.object({
      id: z.string(),
      owasp: z.string().regex(/^LLM(?:0[1-9]|10)$/),
      wants: z.enum(['call', 'leak', 'link', 'say']),
      text: z.string(),
    }),
  ),
  carriers: z.array(z.string()),
  encodings: z.array(z.string()),
});
const { instructions, carriers, encodings } = Corpus.parse(
  JSON.parse(readFileSync(path.join(import.meta.dirname, 'attacks.json'), 'utf8')),
);

const rot13 = (text: string): string =>
  text.replace(/[a-z]/gi, (letter) => {
    const first = letter <= 'Z' ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - first + 13) % 26) + first);
  });
const reversed = (text: string): string => [...text].reverse().join('');

/** How a text is hidden, and how a model that tries everything finds it again. */
export const codings: Readonly<Record<string, { hide: (text: string) => string; find: (text: string) => string[] }>> = {
  plain: { hide: (text) => text, find: (text) => [text] },
  base64: {
    hide: (text) => Buffer.from(text).toString('base64'),
    find: (text) => [...text.matchAll(/[A-Za-z0-9+/]{24,}={0,2}/g)].map(([found]) => Buffer.from(found, 'base64').toString('utf8')), // prettier-ignore
  },
  hex: {
    hide: (text) => Buffer.from(text).toString('hex'),
    find: (text) => [...text.matchAll(/[0-9a-f]{40,}/g)].map(([found]) => Buffer.from(found, 'hex').toString('utf8')),
  },
  rot13: { hide: rot13, find: (text) => [rot13(text)] },
  reversed: { hide: reversed, find: (text) => [reversed(text)] },
  url: {
    hide: (text) => [...Buffer.from(text)].map((byte) => `%${byte.toString(16)}`).join(''),
    find: (text) => [text.replace(/%([0-9a-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))], // prettier-ignore
  },
  entities: {
    hide: (text) => [...text].map((one) => `&#${one.codePointAt(0)};`).join(''),
    find: (text) => [text.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))],
  },
  /** Characters that nobody sees. */
  tags: {
    hide: (text) => [...text].map((one) => String.fromCodePoint(0xe0000 + one.codePointAt(0)!)).join(''),
    find: (text) => [[...text].map((one) => (one.codePointAt(0)! > 0xe0000 ? String.fromCodePoint(one.codePointAt(0)! - 0xe0000) : '')).join('')], // prettier-ignore
  },
};

export interface AttackCase {
  readonly id: string;
  readonly owasp: string;
  readonly wants: 'call' | 'leak' | 'link' | 'say';
  readonly instruction: string;
  readonly carrier: string;
  readonly payload: string;
}

/** Each instruction in each carrier: plain, and in two of the encodings, which take turns. */
export const attackCases: AttackCase[] = instructions.flatMap(({ id, owasp, wants, text }, i) =>
  carriers.flatMap((carrier, j) => {
    const hidden = encodings.slice(1);
    const chosen = ['plain', hidden[(i + j) % hidden.length]!];
    return chosen.map((encoding) => ({ id: `${id}.${carrier}.${encoding}`, owasp, wants, instruction: id, carrier, payload: codings[encoding]!.hide(text) })); // prettier-ignore
  }),
);
