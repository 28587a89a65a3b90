import { createHash } from 'node:crypto';
import { parseJson } from '@stocktool/contracts';
import { z } from 'zod';
import type { Passage } from '../reading/passage';
import { termOf, tokenize } from './terms';

/**
 * One document made searchable, as bytes that are searched as they lie, so that loading it costs no more than reading it:
 * a mark, the length of a header, the header as JSON, then the arrays that it names, each at a multiple of four bytes.
 */
const mark = 0x314b_5453; // STK1
const Header = z.object({
  documentId: z.string(),
  title: z.string(),
  /** Rows of headings that occur; passages name them by number. */
  headings: z.array(z.array(z.string())),
  /** Of all passages, in terms. */
  totalLength: z.number(),
  arrays: z.record(z.string(), z.tuple([z.number(), z.number()])),
  /** Name of the model of the embeddings, when there are any. */
  model: z.string().optional(),
});
type Header = z.infer<typeof Header>;

const mostOfText = 0xff;
const mostOfHeadings = 0xf;

/** How often a term is in a passage's text, its headings and the title of its document: eight, four and four bits. */
const packed = (text: number, headings: number, title: number): number =>
  Math.min(text, mostOfText) | (Math.min(headings, mostOfHeadings) << 8) | (Math.min(title, mostOfHeadings) << 12);

export const timesInText = (frequency: number): number => frequency & mostOfText;
export const timesInHeadings = (frequency: number): number => (frequency >> 8) & mostOfHeadings;
export const timesInTitle = (frequency: number): number => frequency >> 12;

interface SegmentSource {
  readonly documentId: string;
  readonly title: string;
  readonly passages: readonly Passage[];
  readonly embeddings?: { readonly model: string; readonly vectors: readonly Float32Array[] };
}

const termsOf = (text: string): string[] => tokenize(text).flatMap((word) => termOf(word) ?? []);

function counted(terms: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}

export function encodeSegment({ documentId, title, passages, embeddings }: SegmentSource): Uint8Array<ArrayBuffer> {
  const inTitle = counted(termsOf(title));
  const postings = new Map<string, { passages: number[]; frequencies: number[] }>();
  const rows = new Map<string, number>();
  const [headingRows, pages, lengths, textEnds]: [number[], number[], number[], number[]] = [[], [], [], []];
  let textBytes = 0;
  passages.forEach(({ headings, text, page }, number) => {
    const words = termsOf(text);
    const inText = counted(words);
    const inHeadings = counted(termsOf(headings.join(' ')));
    for (const term of new Set([...inText.keys(), ...inHeadings.keys(), ...inTitle.keys()])) {
      let posting = postings.get(term);
      if (!posting) postings.set(term, (posting = { passages: [], frequencies: [] }));
      posting.passages.push(number);
      posting.frequencies.push(packed(inText.get(term) ?? 0, inHeadings.get(term) ?? 0, inTitle.get(term) ?? 0));
    }
    const row = JSON.stringify(headings);
    if (!rows.has(row)) rows.set(row, rows.size);
    headingRows.push(rows.get(row)!);
    pages.push(page ?? 0);
    lengths.push(words.length);
    textEnds.push((textBytes += Buffer.byteLength(text)));
  });
  const terms = [...postings].map(([term, posting]) => ({ bytes: Buffer.from(term), ...posting }));
  terms.sort((a, b) => a.bytes.compare(b.bytes));
  return layOut(
    {
      documentId,
      title,
      headings: [...new Map(passages.map(({ headings }) => [JSON.stringify(headings), [...headings]])).values()],
      totalLength: lengths.reduce((sum, length) => sum + length, 0),
      ...(embeddings && { model: embeddings.model }),
    },
    {
      headingRows: Uint32Array.from(headingRows),
      pages: Uint32Array.from(pages),
      lengths: Uint32Array.from(lengths),
      textEnds: Uint32Array.from(textEnds),
      termEnds: ends(terms.map(({ bytes }) => bytes.length)),
      postingEnds: ends(terms.map(({ passages: found }) => found.length)),
      postings: Uint32Array.from(terms.flatMap(({ passages: found }) => found)),
      frequencies: Uint16Array.from(terms.flatMap(({ frequencies }) => frequencies)),
      vectors: Float32Array.from(embeddings?.vectors.flatMap((vector) => [...vector]) ?? []),
      terms: Buffer.concat(terms.map(({ bytes }) => bytes)),
      text: Buffer.concat(passages.map(({ text }) => Buffer.from(text))),
    },
  );
}

function ends(sizes: readonly number[]): Uint32Array {
  let sum = 0;
  return Uint32Array.from(sizes, (size) => (sum += size));
}

const aligned = (bytes: number): number => Math.ceil(bytes / 4) * 4;

function layOut(header: Omit<Header, 'arrays'>, arrays: Record<string, ArrayBufferView>): Uint8Array<ArrayBuffer> {
  const places: Header['arrays'] = {};
  let size = 0;
  for (const [name, { byteLength }] of Object.entries(arrays)) {
    places[name] = [size, byteLength];
    size += aligned(byteLength);
  }
  const head = Buffer.from(JSON.stringify({ ...header, arrays: places } satisfies Header));
  const from = aligned(8 + head.length);
  const made = Buffer.alloc(from + size);
  made.writeUInt32LE(mark, 0);
  made.writeUInt32LE(head.length, 4);
  head.copy(made, 8);
  for (const [name, { buffer, byteOffset, byteLength }] of Object.entries(arrays))
    made.set(new Uint8Array(buffer, byteOffset, byteLength), from + places[name]![0]);
  return Uint8Array.from(made);
}

const nothing = { passages: new Uint32Array(), frequencies: new Uint16Array() };

export class Segment {
  readonly documentId: string;
  readonly title: string;
  readonly totalLength: number;
  readonly model: string | undefined;
  /** Of each passage, in terms of its text. */
  readonly lengths: Uint32Array;
  /** One after the other, each of length 1; empty without a model. */
  readonly vectors: Float32Array;
  readonly byteLength: number;
  private readonly headings: readonly (readonly string[])[];
  private readonly headingRows: Uint32Array;
  private readonly pages: Uint32Array;
  private readonly textEnds: Uint32Array;
  private readonly termEnds: Uint32Array;
  private readonly postingEnds: Uint32Array;
  private readonly postings: Uint32Array;
  private readonly frequencies: Uint16Array;
  private readonly terms: Buffer;
  private readonly text: Buffer;
  private readonly bytes: Buffer;

  /** Throws for bytes that `encodeSegment` has not made. */
  constructor(encoded: Uint8Array) {
    const bytes = Buffer.from(Uint8Array.from(encoded).buffer); // the arrays must lie at multiples of four
    if (bytes.length < 8 || bytes.readUInt32LE(0) !== mark) throw new Error('these bytes are not a segment');
    const headLength = bytes.readUInt32LE(4);
    const header = parseJson(Header, bytes.toString('utf8', 8, 8 + headLength));
    const from = aligned(8 + headLength);
    const at = (name: string): [ArrayBuffer, number, number] => {
      const [start, length] = header.arrays[name] ?? [0, 0];
      if (from + start + length > bytes.length) throw new Error('a segment is cut short');
      return [bytes.buffer, from + start, length];
    };
    const integers = (name: string): Uint32Array => {
      const [buffer, start, length] = at(name);
      return new Uint32Array(buffer, start, length / 4);
    };
    const [frequencies, vectors] = [at('frequencies'), at('vectors')];
    this.bytes = bytes;
    this.documentId = header.documentId;
    this.title = header.title;
    this.totalLength = header.totalLength;
    this.model = header.model;
    this.headings = header.headings;
    this.byteLength = bytes.length;
    this.headingRows = integers('headingRows');
    this.pages = integers('pages');
    this.lengths = integers('lengths');
    this.textEnds = integers('textEnds');
    this.termEnds = integers('termEnds');
    this.postingEnds = integers('postingEnds');
    this.postings = integers('postings');
    this.frequencies = new Uint16Array(frequencies[0], frequencies[1], frequencies[2] / 2);
    this.vectors = new Float32Array(vectors[0], vectors[1], vectors[2] / 4);
    this.terms = Buffer.from(...at('terms'));
    this.text = Buffer.from(...at('text'));
  }

  checksum(): string {
    return createHash('sha256').update(this.bytes).digest('hex');
  }

  get passageCount(): number {
    return this.lengths.length;
  }

  passage(number: number): Passage {
    const page = this.pages[number]!;
    return {
      headings: this.headings[this.headingRows[number]!]!,
      text: this.text.toString('utf8', this.textEnds[number - 1] ?? 0, this.textEnds[number]),
      ...(page > 0 && { page }),
    };
  }

  /** The passages that hold a term, in order, and how often each. */
  find(term: string): { readonly passages: Uint32Array; readonly frequencies: Uint16Array } {
    const wanted = Buffer.from(term);
    let [low, high] = [0, this.termEnds.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const [start, end] = [this.termEnds[middle - 1] ?? 0, this.termEnds[middle]!];
      const order = this.terms.compare(wanted, 0, wanted.length, start, end);
      if (order === 0) {
        const [from, to] = [this.postingEnds[middle - 1] ?? 0, this.postingEnds[middle]];
        return { passages: this.postings.subarray(from, to), frequencies: this.frequencies.subarray(from, to) };
      }
      if (order < 0) low = middle + 1;
      else high = middle - 1;
    }
    return nothing;
  }
}
