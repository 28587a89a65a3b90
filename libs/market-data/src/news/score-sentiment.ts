import type { Sentiment } from '@stocktool/contracts';
import { economicLexicon } from './economic-lexicon';

/** Hutto and Gilbert (2014): a negation turns a word's tone and weakens it; it reaches three words ahead. */
const negationFactor = -0.74;
const negationReach = 3;
const labelFrom = 0.1;
/** A text of any length is enough to judge by its beginning. */
const maxWords = 400;

const method =
  'Mean tone of the words in the Economic Lexicon (Barbaglia et al. 2024) and in Henry (2008), negation within three words. ' +
  'Confidence: agreement of those words × (1 − 2^−count).';

const negations = new Set(
  'no not never none neither nor without cannot hardly rarely seldom nobody nothing'.split(' '),
);
const toneOf: ReadonlyMap<string, number> = new Map(
  economicLexicon
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [score, ...words] = line.split(' ');
      return words.map((word) => [word, Number(score)] as const);
    }),
);

/** The tone of an English text, whole words only. Where no word has a tone it is neutral, with confidence 0. */
export function scoreSentiment(text: string): Sentiment {
  const words = (
    text
      .toLowerCase()
      .replaceAll('’', "'")
      .match(/[a-z]+(?:['-][a-z]+)*|[.;!?]/g) ?? []
  ).slice(0, maxWords);
  const tones = words.flatMap((word, at) => {
    const tone = toneOfWord(word);
    if (tone === undefined) return [];
    return [isNegated(words, at) ? tone * negationFactor : tone];
  });
  if (tones.length === 0) return { label: 'neutral', score: 0, confidence: 0, method };
  const sum = tones.reduce((total, tone) => total + tone, 0);
  const weight = tones.reduce((total, tone) => total + Math.abs(tone), 0);
  const score = sum / tones.length;
  const label = score >= labelFrom ? 'positive' : score <= -labelFrom ? 'negative' : 'neutral';
  const agreement = Math.abs(sum) / weight;
  const evidence = 1 - 2 ** -tones.length;
  const confidence = (label === 'neutral' ? 1 - agreement : agreement) * evidence;
  return { label, score: rounded(score), confidence: rounded(confidence), method };
}

/** Within the same sentence. */
function isNegated(words: readonly string[], at: number): boolean {
  for (let before = at - 1; before >= 0 && before >= at - negationReach; before--) {
    const word = words[before]!;
    if (/^[.;!?]$/.test(word)) return false;
    if (negations.has(word) || word.endsWith("n't")) return true;
  }
  return false;
}

/** The lexicon has base forms: an inflected word has the tone of the first base form that is in it. */
function toneOfWord(word: string): number | undefined {
  const bare = word.replace(/'s$/, '');
  for (const form of [bare, ...baseForms(bare)]) {
    const tone = toneOf.get(form);
    if (tone !== undefined) return tone;
  }
  const parts = bare.split('-');
  return parts.length > 1 ? parts.map(toneOfWord).find((tone) => tone !== undefined) : undefined;
}

function baseForms(word: string): string[] {
  if (word.length < 4) return [];
  const ending = /(ies|ied|es|ed|ing|s)$/.exec(word)?.[1];
  if (ending === undefined) return [];
  const stem = word.slice(0, -ending.length);
  if (stem.length < 3 || (ending === 's' && stem.endsWith('s'))) return [];
  if (ending === 'ies' || ending === 'ied') return [`${stem}y`];
  if (ending === 's') return [stem];
  const single = stem.at(-1) === stem.at(-2) ? [stem.slice(0, -1)] : [];
  return [stem, `${stem}e`, ...single];
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;
