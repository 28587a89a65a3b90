import type { KnowledgeHit } from '@stocktool/contracts';
import { type Ranked, rankByTerms } from './rank';
import type { Segment } from './segment';
import { snippetOf } from './snippet';
import { termOf, tokenize } from './terms';
import { type Concept, conceptsOf } from './thesaurus';

const candidatesPerHit = 8;
/** How much more a passage counts whose name is the query. */
const nameShare = 1;
/** A query of more says what it wants in a sentence, of which a name has a part by chance. */
const mostConceptsOfName = 3;

/**
 * The best passages, best first; nothing that matches: []. Several documents say more than several passages of one: at first one
 * document has at most half of the places, at least two, and what then is free goes to the next best.
 */
export function searchSegments(segments: readonly Segment[], query: string, k: number): KnowledgeHit[] {
  const concepts = conceptsOf(query);
  const found = preferNamed(rankByTerms(segments, concepts, k * candidatesPerHit), concepts);
  const terms = new Set(concepts.flatMap((concept) => concept.map(({ term }) => term)));
  return spread(found, k).map((one) => hitOf(one, terms));
}

/** What is called as the query is what the query asks for: the page "Volatility" before "Volatility clusters". */
function preferNamed(ranked: readonly Ranked[], concepts: readonly Concept[]): Ranked[] {
  if (concepts.length > mostConceptsOfName) return [...ranked];
  return ranked
    .map((one) => ({
      ...one,
      score: one.score * (1 + nameShare * Math.max(...namesOf(one).map((name) => likeness(name, concepts)))),
    }))
    .sort((x, y) => y.score - x.score);
}

/** A passage bears its innermost heading, the first of a document the title of that; "Value at risk and CVaR" is the name of each of the two. */
function namesOf({ segment, passage }: Ranked): string[] {
  const heading = segment.passage(passage).headings.at(-1);
  return heading === undefined ? segment.title.split(/,\s|\sand\s/) : [heading];
}

/** From 0 to 1 (Dice): how many of a name's terms the query has, and of the query's concepts the name. */
function likeness(name: string, concepts: readonly Concept[]): number {
  const terms = new Set(tokenize(name).flatMap((word) => termOf(word) ?? []));
  const shared = concepts.filter((concept) =>
    concept.some(({ term, weight }) => weight === 1 && terms.has(term)),
  ).length;
  return (2 * shared) / (terms.size + concepts.length);
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
