import type { SourceNews } from '../market-data-source';

/** Of whom a reader comes from, not of what is read. */
const tracking =
  /^(utm_.*|fbclid|gclid|dclid|msclkid|mc_[ce]id|guccounter|guce_.*|cmpid|ncid|ref|ref_src|\.tsrc|tsrc|soc_.*|ftag|mod|yptr)$/i;
const sameStoryMs = 3 * 86_400_000;
/** Share of common words (Jaccard) from which two titles are one story. */
const sameTitle = 0.75;
const filler = new Set('a an and as at by for from in is it its of on or that the to with'.split(' '));

/** The address without what tracks its reader; undefined for what is no address on the web. */
export function canonicalUrl(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (!['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '') return undefined;
  url.hash = '';
  for (const name of [...url.searchParams.keys()]) if (tracking.test(name)) url.searchParams.delete(name);
  url.searchParams.sort();
  return url.href.replace(/\?$/, '');
}

/** One item for each story, newest first; what several tell is told by the earliest of them. */
export function mergeStories(stories: readonly SourceNews[]): SourceNews[] {
  const kept: { story: SourceNews; address: string; words: ReadonlySet<string>; atMs: number }[] = [];
  const oldestFirst = [...stories].sort((a, b) => Date.parse(a.publishedAt) - Date.parse(b.publishedAt));
  for (const story of oldestFirst) {
    const address = story.url.replace(/^https?:\/\/(www\.|m\.)?/, '').replace(/\/(?=\?|$)/, '');
    const words = wordsOf(story);
    const atMs = Date.parse(story.publishedAt);
    const told = kept.some(
      (other) => other.address === address || (atMs - other.atMs <= sameStoryMs && isSameTitle(words, other.words)),
    );
    if (!told) kept.push({ story, address, words, atMs });
  }
  return kept.map(({ story }) => story).reverse();
}

/** Aggregators append the outlet to its title. */
function wordsOf({ title, publisher }: SourceNews): Set<string> {
  const [lower, outlet] = [title.toLowerCase(), publisher.toLowerCase()];
  const bare = lower.endsWith(` - ${outlet}`) ? lower.slice(0, -outlet.length) : lower;
  return new Set((bare.match(/[\p{L}\p{N}]+(?:[.,]\p{N}+)*/gu) ?? []).filter((word) => !filler.has(word)));
}

/** Other numbers are another story: the second quarter is not the third. */
function isSameTitle(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  if (!isAlike(one, other)) return false;
  const differ = [...one, ...other].filter((word) => !(one.has(word) && other.has(word)));
  return !differ.some((word) => /\p{N}/u.test(word));
}

/** Asked of every pair: gives up with the first word too many. shared / (a + b − shared) ≥ s is shared ≥ s (a + b) / (1 + s). */
function isAlike(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  const [fewer, more] = one.size < other.size ? [one, other] : [other, one];
  let spare = fewer.size - (sameTitle * (one.size + other.size)) / (1 + sameTitle);
  if (fewer.size === 0 || spare < 0) return false;
  for (const word of fewer) if (!more.has(word) && --spare < 0) return false;
  return true;
}
