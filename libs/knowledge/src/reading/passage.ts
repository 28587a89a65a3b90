/** What stands together in a document: text copied as it stands, with the headings above it and, where there are pages, its page. */
export interface Passage {
  /** From the outermost heading down; the title of the document is not among them. */
  readonly headings: readonly string[];
  readonly text: string;
  readonly page?: number;
}

const longestCharacters = 1600;
const longestHeadingCharacters = 200;

/** Cuts what is too long to be quoted or read by a model at once: between paragraphs, else between sentences, else between words. */
export function cutLong({ text, headings, ...rest }: Passage): Passage[] {
  const shown = headings.map((heading) => heading.slice(0, longestHeadingCharacters));
  return pieces(text.trim(), [/\n{2,}/g, /\n/g, /(?<=[.!?])\s+/g, /\s+/g]).map((piece) => ({
    headings: shown,
    text: piece,
    ...rest,
  }));
}

/** Neighbouring parts are put together again as long as they fit, with what stood between them. */
function pieces(text: string, separators: readonly RegExp[]): string[] {
  if (text === '') return [];
  if (text.length <= longestCharacters) return [text];
  const [separator, ...finer] = separators;
  if (!separator) return slices(text);
  const made: string[] = [];
  let [start, end, next] = [0, 0, 0];
  const flush = () => {
    if (end > start) made.push(...pieces(text.slice(start, end), finer));
  };
  for (const { index, 0: gap } of [...text.matchAll(separator), { index: text.length, 0: '' }]) {
    if (index - start > longestCharacters && end > start) {
      flush();
      start = next;
    }
    end = index;
    next = index + gap.length;
  }
  flush();
  return made;
}

/** Without a space for that long: cut anywhere but within a character. */
function slices(text: string): string[] {
  const made: string[] = [];
  for (let start = 0; start < text.length;) {
    let end = Math.min(text.length, start + longestCharacters);
    if (/[\uD800-\uDBFF]/.test(text.charAt(end - 1)) && end < text.length) end -= 1;
    made.push(text.slice(start, end));
    start = end;
  }
  return made;
}
