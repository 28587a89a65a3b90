import type { KnowledgeHit } from '@stocktool/contracts';
import { type Ranked, rankByTerms } from './rank';
import type { Segment } from './segment';
import { snippetOf } from './snippet';
import { conceptsOf } from './thesaurus';

const candidatesPerHit = 8;

/**
 * The best passages, best first; nothing that matches: []. Several documents say more than several passages of one: at first one
 * document has at most half of the places, at least two, and what then is free goes to the next best.
 */
export function searchSegments(segments: readonly Segment[], query: string, k: number): KnowledgeHit[] {
  const concepts = conceptsOf(query);
  const found = rankByTerms(segments, concepts, k * candidatesPerHit);
  const terms = new Set(concepts.flatMap((concept) => concept.map(({ term }) => term)));
  return spread(found, k).map((one) => hitOf(one, terms));
}

function spread(ranked: readonly Ranked[], k: number): Ranked[] {
  const mostOfOne = Math.max(2, Math.ceil(k / 2));
  const perDocument = new Map<string, number>();
  const [chosen, left]: [Ranked[], Ranked[]] = [[], []];
  for (const one of ranked) {
    const already = perDocument.get(one.segment.documentId) ?? 0;
    perDocument.set(one.segment.documentId, already + 1);
    (already < mostOfOne ? chosen : left).push(one);
  }
  return [...chosen.slice(0, k), ...left.slice(0, Math.max(0, k - chosen.length))].sort((x, y) => y.score - x.score);
}

function hitOf({ segment, passage, score }: Ranked, terms: ReadonlySet<string>): KnowledgeHit {
  const { headings, text, page } = segment.passage(passage);
  return {
    documentId: segment.documentId,
    title: [segment.title, ...headings].join(' › '),
    ...(page !== undefined && { page }),
    snippet: snippetOf(text, terms),
    score,
  };
}
