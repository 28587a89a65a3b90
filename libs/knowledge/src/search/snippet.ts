import { termOf, tokenize } from './terms';

const maxSnippetCharacters = 300;

/**
 * The passage around the best match: whole sentences, copied as they stand, at most about 300 characters. The run of
 * sentences with the most distinct terms of the query wins, of equals the earliest, and then as much as fits.
 */
export function snippetOf(text: string, queryTerms: ReadonlySet<string>): string {
  const sentences = sentenceSpans(text);
  let best = { start: 0, end: Math.min(text.length, maxSnippetCharacters), score: -1 };
  for (const [i, first] of sentences.entries()) {
    for (let j = i; j < sentences.length; j++) {
      const end = sentences[j]!.end;
      if (j > i && end - first.start > maxSnippetCharacters) break;
      const score = distinctTerms(text.slice(first.start, end), queryTerms);
      const longer = score === best.score && first.start === best.start;
      if (score > best.score || longer) best = { start: first.start, end, score };
    }
  }
  return shortened(text.slice(best.start, best.end).trim(), queryTerms);
}

function distinctTerms(text: string, queryTerms: ReadonlySet<string>): number {
  const found = new Set(tokenize(text).map(termOf));
  let count = 0;
  for (const term of queryTerms) if (found.has(term)) count++;
  return count;
}

/** [start, end) of each sentence, list item or table row. */
function sentenceSpans(text: string): { start: number; end: number }[] {
  const spans: { start: number; end: number }[] = [];
  let start = 0;
  for (const { index, 0: gap } of text.matchAll(/(?<=[.!?:])\s+(?=[\p{Lu}\p{N}`*-])|\n+/gu)) {
    if (index > start) spans.push({ start, end: index });
    start = index + gap.length;
  }
  if (start < text.length) spans.push({ start, end: text.length });
  return spans;
}

/** One sentence can be longer than a snippet: then a window of it, cut between words, from just before the first match. */
function shortened(text: string, queryTerms: ReadonlySet<string>): string {
  if (text.length <= maxSnippetCharacters) return text;
  const words = [...text.matchAll(/\S+/g)];
  const match = words.findIndex(({ 0: word }) => tokenize(word).some((part) => queryTerms.has(termOf(part) ?? '')));
  const first = words[Math.max(0, match - 5)]!.index;
  const window = text.slice(first, first + maxSnippetCharacters);
  return first + window.length < text.length ? window.slice(0, window.lastIndexOf(' ')) : window;
}
