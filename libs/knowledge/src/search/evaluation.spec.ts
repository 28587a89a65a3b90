import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { BuiltInPages } from './built-in';
import { searchSegments } from './search-segments';

const root = path.resolve(import.meta.dirname, '../../../..');
const Labelled = z.array(z.object({ question: z.string(), relevant: z.array(z.string().regex(/^[a-z-]+#/)).min(1) }));

/** Worded by somebody who has read the pages, in other words than theirs; relevant are passages by page and heading. */
const labelled = Labelled.parse(
  JSON.parse(await readFile(path.join(root, 'libs/knowledge/evaluation/questions.json'), 'utf8')),
);
const pages = await (await BuiltInPages.open(path.join(root, 'data'))).segments();

/** The places of the first ten that are relevant; a long passage in several parts counts once. */
function placesOf({ question, relevant }: (typeof labelled)[number]): { places: number[]; relevant: number } {
  const seen = new Set<string>();
  const keys = searchSegments(pages, question, 10).map(
    ({ documentId, title }) => `${documentId}#${title.split(' › ').slice(1).at(-1) ?? ''}`,
  );
  const places = keys.flatMap((key, place) => {
    if (!relevant.includes(key) || seen.has(key)) return [];
    seen.add(key);
    return [place];
  });
  return { places, relevant: relevant.length };
}

const gain = (place: number): number => 1 / Math.log2(place + 2);
/** Normalised discounted cumulative gain with gains of 0 and 1: Järvelin and Kekäläinen (2002). */
function ndcg({ places, relevant }: ReturnType<typeof placesOf>): number {
  const ideal = Array.from({ length: Math.min(relevant, 10) }, (_, place) => gain(place));
  const sum = (all: readonly number[]) => all.reduce((total, one) => total + one, 0);
  return sum(places.map(gain)) / sum(ideal);
}
const recallAt5 = ({ places, relevant }: ReturnType<typeof placesOf>): number =>
  places.filter((place) => place < 5).length / Math.min(relevant, 5);

const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;

/**
 * Every other question is for choosing settings and synonyms; what is missed of the rest is not looked at. Least values: of the first
 * half what is aimed at, of the second what is reached by terms and synonyms alone, so that nothing gets worse unseen.
 */
const halves = [
  { half: 'for settings', remainder: 0, leastRecallAt5: 0.9, leastNdcgAt10: 0.8 },
  { half: 'for judging', remainder: 1, leastRecallAt5: 0.8, leastNdcgAt10: 0.74 },
];

it.each(halves)('questions $half find their passages', ({ remainder, leastRecallAt5, leastNdcgAt10 }) => {
  const found = labelled.filter((_, index) => index % 2 === remainder).map(placesOf);
  expect(mean(found.map(recallAt5))).toBeGreaterThanOrEqual(leastRecallAt5);
  expect(mean(found.map(ndcg))).toBeGreaterThanOrEqual(leastNdcgAt10);
});

it('every passage that is quoted stands in the page it names', () => {
  const text = new Map(
    pages.map((page) => [
      page.documentId,
      Array.from({ length: page.passageCount }, (_, i) => page.passage(i).text).join('\n\n'),
    ]),
  );
  for (const { question } of labelled)
    for (const { documentId, snippet } of searchSegments(pages, question, 10))
      expect(text.get(documentId)).toContain(snippet);
});

it('are at least a hundred, each about passages that exist', () => {
  const keys = new Set(
    pages.flatMap((page) =>
      Array.from(
        { length: page.passageCount },
        (_, i) => `${page.documentId}#${page.passage(i).headings.at(-1) ?? ''}`,
      ),
    ),
  );
  expect(labelled.flatMap(({ relevant }) => relevant).filter((key) => !keys.has(key))).toEqual([]);
  expect(labelled.length).toBeGreaterThanOrEqual(100);
  expect(new Set(labelled.map(({ question }) => question)).size).toBe(labelled.length);
});
