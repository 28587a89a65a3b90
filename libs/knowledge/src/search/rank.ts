import { type Segment, timesInHeadings, timesInText, timesInTitle } from './segment';
import type { Concept } from './thesaurus';

/** A passage by the segment it is in and its number there. */
export interface Ranked {
  readonly segment: Segment;
  readonly passage: number;
  readonly score: number;
}

/** A term that is in the title or a heading says more about a passage than one in its text. */
const boosts = { title: 1, headings: 2 };
/** What a whole document says of a query speaks for each of its passages. */
const wholeShare = 0.25;
/** As in Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009), section 3.5: BM25F. */
const [k1, b] = [1.2, 0.65];

/**
 * BM25F over the passages of all segments together, best first. The words of one concept count as one word that is said in several
 * ways, so that a passage gains little by saying it in each.
 */
export function rankByTerms(segments: readonly Segment[], concepts: readonly Concept[], limit: number): Ranked[] {
  const passages = segments.reduce((sum, { passageCount }) => sum + passageCount, 0);
  if (passages === 0) return [];
  const averageLength = segments.reduce((sum, { totalLength }) => sum + totalLength, 0) / passages || 1;
  const found = concepts.map((concept) =>
    segments.map((segment) => concept.map(({ term, weight }) => ({ ...segment.find(term), weight }))),
  );
  const weights = found.map((bySegment) => {
    const holding = bySegment.flat().reduce((sum, one) => sum + one.passages.length * one.weight, 0);
    return Math.log(1 + Math.max(0, passages - holding + 0.5) / (holding + 0.5));
  });
  const best = new Best(limit);
  segments.forEach((segment, index) => {
    const scores = new Float32Array(segment.passageCount);
    let [some, whole] = [false, 0];
    found.forEach((bySegment, concept) => {
      const said = bySegment[index]!.filter((one) => one.passages.length > 0);
      if (said.length === 0) return;
      some = true;
      whole += addScores(scores, segment, said, { weight: weights[concept]!, averageLength });
    });
    if (!some) return;
    for (let passage = 0; passage < scores.length; passage++) {
      const score = scores[passage]! === 0 ? 0 : scores[passage]! + whole * wholeShare;
      if (score > 0 && score > best.least) best.add({ segment, passage, score });
    }
  });
  return best.sorted();
}

type Found = ReturnType<Segment['find']> & { readonly weight: number };

function addScores(
  scores: Float32Array,
  { lengths, passageCount }: Segment,
  said: readonly Found[],
  { weight, averageLength }: { weight: number; averageLength: number },
): number {
  let most = 0;
  const times = new Float32Array(passageCount);
  for (const { passages, frequencies, weight: share } of said)
    for (let i = 0; i < passages.length; i++) {
      const passage = passages[i]!;
      const frequency = frequencies[i]!;
      const normal = 1 - b + (b * lengths[passage]!) / averageLength;
      times[passage]! +=
        share *
        (timesInText(frequency) / normal +
          timesInHeadings(frequency) * boosts.headings +
          timesInTitle(frequency) * boosts.title);
    }
  for (let passage = 0; passage < passageCount; passage++) {
    const often = times[passage]!;
    if (often === 0) continue;
    const score = (weight * often * (k1 + 1)) / (often + k1);
    scores[passage]! += score;
    if (score > most) most = score;
  }
  return most;
}

/** The best of many, kept as a heap whose root is the least of them. */
class Best {
  private readonly heap: Ranked[] = [];

  constructor(private readonly limit: number) {}

  /** What does not score more than this changes nothing. */
  get least(): number {
    return this.heap.length < this.limit ? 0 : this.heap[0]!.score;
  }

  add(one: Ranked): void {
    if (one.score <= this.least) return;
    if (this.heap.length < this.limit) {
      this.heap.push(one);
      this.rise(this.heap.length - 1);
    } else {
      this.heap[0] = one;
      this.sink();
    }
  }

  sorted(): Ranked[] {
    return this.heap.toSorted((x, y) => y.score - x.score);
  }

  private rise(from: number): void {
    for (let at = from; at > 0;) {
      const parent = (at - 1) >> 1;
      if (this.heap[parent]!.score <= this.heap[at]!.score) return;
      this.swap(at, parent);
      at = parent;
    }
  }

  private sink(): void {
    for (let at = 0; ;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < this.heap.length && this.heap[child]!.score < this.heap[least]!.score) least = child;
      if (least === at) return;
      this.swap(at, least);
      at = least;
    }
  }

  private swap(x: number, y: number): void {
    [this.heap[x], this.heap[y]] = [this.heap[y]!, this.heap[x]!];
  }
}
