import { parseJson } from '@stocktool/contracts';
import { z } from 'zod';
import { v7 as uuidv7 } from 'uuid';
import { ask, portfolios, questions, source, stopAll, userId, watchlists } from '../offline-answers.fixture';
import { Facts } from './facts';
import { NumberGate } from './number-gate';
import { tokensOf, type NumberToken } from './number-grammar';

afterAll(stopAll);
const names = new Map((await source.universe()).map(({ symbol, name }) => [symbol, name]));

interface Figure {
  readonly value: number;
  readonly symbols: string;
  /** The last two names of its path: what it is, whatever row it is of. */
  readonly metric: string;
}

/** An answer with those of its numbers that can be one figure of the tools only. */
interface Answer {
  readonly question: string;
  readonly content: string;
  readonly facts: Facts;
  readonly figures: readonly (NumberToken & Figure)[];
}

/** Read from the results here once more, by other means than the gate's. */
function figuresIn(result: unknown, symbols = '', names: readonly string[] = []): Figure[] {
  if (typeof result === 'number') return [{ value: result, symbols, metric: names.slice(-2).join('.') }];
  if (Array.isArray(result)) return result.flatMap((one) => figuresIn(one, symbols, names));
  if (typeof result !== 'object' || result === null) return [];
  const row = result as Record<string, unknown>;
  const line = typeof row['line'] === 'string' ? row['line'] : '';
  const own = [row['symbol'], row['first'], row['second']].filter((one) => typeof one === 'string').join(' ');
  return Object.entries(row).flatMap(([key, one]) => figuresIn(one, own || symbols, [...names, line, key].filter(Boolean))); // prettier-ignore
}

function isShownAs(figure: Figure, { value, tolerance, isPercent }: NumberToken): boolean {
  const scales = isPercent ? [1, 100] : [1];
  return scales.some((scale) => Math.abs(Math.abs(figure.value) * scale - Math.abs(value)) <= tolerance + 1e-9);
}

function judged({ content, facts }: Pick<Answer, 'content' | 'facts'>) {
  const gate = new NumberGate(facts);
  return [gate.push(content), gate.flush()].flatMap(({ grounding }) => grounding);
}

async function answerTo(question: string): Promise<Answer> {
  const { content, toolRecords } = await ask(question);
  const facts = new Facts(names);
  facts.addUserText(question);
  for (const { id, resultJson } of toolRecords) facts.addToolJson(id, resultJson);
  const all = toolRecords.flatMap(({ resultJson }) => figuresIn(parseJson(z.unknown(), resultJson)));
  const figures = tokensOf(content).numbers.flatMap((token) => {
    const [only, ...others] = all.filter((figure) => isShownAs(figure, token));
    const isOne = others.every(({ metric, symbols }) => metric === only?.metric && symbols === only.symbols);
    return only && isOne ? [{ ...token, ...only, value: token.value }] : [];
  });
  return { question, content, facts, figures };
}

/** The same from run to run: a number in [0, 1) that depends on its inputs alone. */
function chance(...inputs: number[]): number {
  let hash = 17;
  for (const input of inputs) hash = Math.imul(hash ^ input, 0x85ebca6b) ^ (hash >>> 13);
  return (hash >>> 0) / 2 ** 32;
}

const replaced = (content: string, ...changes: { start: number; end: number; text: string }[]) =>
  [...changes].sort((a, b) => b.start - a.start).reduce((text, one) => text.slice(0, one.start) + one.text + text.slice(one.end), content); // prettier-ignore

const kept = { currency: 'USD', weeklyReport: false };
const held = [{ symbol: 'AAPL', quantity: 12 }, { symbol: 'KO', quantity: 35 }, { symbol: 'JNJ', quantity: 7 }]; // prettier-ignore
await portfolios.create(userId, uuidv7(), { ...kept, name: 'Retirement', holdings: held });
await portfolios.create(userId, uuidv7(), { ...kept, name: 'Growth', holdings: [{ symbol: 'MSFT', quantity: 41 }] });
await watchlists.create(userId, uuidv7(), { name: 'Drinks', symbols: ['KO', 'PEP'] });
const ofPortfolios = [
  'What if I sell half of my Apple in my Retirement portfolio?',
  'Alert me when IBM falls below $110',
];
const answers: Answer[] = [];
for (const question of [...questions, ...ofPortfolios]) answers.push(await answerTo(question));

interface Alteration {
  readonly what: string;
  readonly content: string;
  readonly facts: Facts;
}

function digits({ question, content, facts, figures }: Answer, i: number): Alteration[] {
  return figures.map((figure, j) => {
    const places = [...figure.text].flatMap((character, at) => (/\d/.test(character) ? [at] : []));
    const place = places[Math.floor(chance(i, j) * places.length)]!;
    const digit = (Number(figure.text[place]) + 1 + Math.floor(chance(i, j, 1) * 9)) % 10;
    const text = figure.text.slice(0, place) + String(digit) + figure.text.slice(place + 1);
    return {
      what: `${question}: ${content.slice(Math.max(0, figure.start - 30), figure.start)}[${figure.text} → ${text}]`,
      content: replaced(content, { ...figure, text }),
      facts,
    };
  });
}

/** Two figures of an answer change places. */
function swaps({ question, content, facts, figures }: Answer, wanted: 'symbols' | 'metrics'): Alteration[] {
  return figures.flatMap((a, i) =>
    figures.slice(i + 1).flatMap((b): Alteration[] => {
      if (a.text === b.text || a.isPercent !== b.isPercent) return [];
      const [isSameMetric, isSameSymbol] = [a.metric === b.metric, a.symbols === b.symbols && a.symbols !== ''];
      const fits = wanted === 'symbols' ? isSameMetric && a.symbols !== b.symbols : !isSameMetric && isSameSymbol;
      const texts = replaced(content, { ...a, text: b.text }, { ...b, text: a.text });
      return fits ? [{ what: `${question}: ${a.text} ↔ ${b.text}`, content: texts, facts }] : [];
    }),
  );
}

/** One figure's two states change places: what is so now, and what would be. */
function stateSwaps({ question, content, facts, figures }: Answer): Alteration[] {
  const named = figures.map((figure) => ({ ...figure, parts: figure.metric.split('.') }));
  return named.flatMap((a, i) =>
    named.slice(i + 1).flatMap((b): Alteration[] => {
      const [stateA = '', metricA] = a.parts;
      const [stateB = '', metricB] = b.parts;
      const isState = (state: string) => ['before', 'after', 'current', 'optimal', 'difference'].includes(state);
      if (a.text === b.text || metricA !== metricB || stateA === stateB || !isState(stateA) || !isState(stateB))
        return [];
      const texts = replaced(content, { ...a, text: b.text }, { ...b, text: a.text });
      return [{ what: `${question}: ${a.text} ↔ ${b.text}`, content: texts, facts }];
    }),
  );
}

const caught = ({ content, facts }: Alteration) => judged({ content, facts }).some(({ ok }) => !ok);

describe('an answer with an altered figure', () => {
  it.each([
    ['a digit', () => answers.flatMap(digits), 300],
    ['figures of two symbols', () => answers.flatMap((answer) => swaps(answer, 'symbols')), 100],
    ['what is and what would be', () => answers.flatMap(stateSwaps), 40],
    ['two metrics of one symbol', () => answers.flatMap((answer) => swaps(answer, 'metrics')), 300],
  ] as const)('is caught: %s', (_, alterations, atLeast) => {
    const all = alterations();
    expect(all.length).toBeGreaterThan(atLeast);
    const missed = all.filter((one) => !caught(one)).map(({ what }) => what);
    expect(missed).toEqual([]);
  });

  it('is told from one that is right: fewer than one number in a hundred is marked for nothing', () => {
    const all = answers.flatMap(judged);
    expect(all.length).toBeGreaterThan(500);
    expect(all.filter(({ ok }) => !ok).length / all.length).toBeLessThan(0.01);
  });
});
