import { isDeepStrictEqual } from 'node:util';
import type { ChatReply } from '@stocktool/contracts';
import type { BundledPrices } from './bundled-prices';
import { expectedValue, type ExpectedFigure } from './expected-figure';
import type { EvaluationQuestion } from './questions';

export type Answered = Pick<ChatReply, 'content' | 'toolCalls' | 'citations' | 'grounding'>;

/** undefined: the question has nothing of that kind. */
export interface Score {
  readonly id: string;
  readonly group: string;
  readonly tools: boolean;
  readonly figures?: { readonly right: number; readonly all: number };
  readonly cited?: boolean;
  readonly refused?: boolean;
  readonly said?: boolean;
  /** Numbers of the answer, and those of them that no tool backs, with what stands before them. */
  readonly numbers: { readonly marked: readonly string[]; readonly all: number };
  /** What was missed, one line each. */
  readonly misses: readonly string[];
}

const refusal =
  /\b(?:cannot|can't|could not|couldn't|do not|don't|did not|didn't|no (?:source|symbol|price|common|such|holding)|not (?:able|possible|available|there|understand|add up|offer)|unable|which|how much|how many|what else|please|sorry|at most|too few|mixture|are no|is no)\b/i;
const coarsest = 0.02;

export function score(question: EvaluationQuestion, answer: Answered, prices: BundledPrices): Score {
  const { id, group } = question;
  const missing = question.figures.filter((figure) => !isShown(expectedValue(figure, prices), answer.content));
  const unsaid = question.says.filter((text) => !answer.content.toLowerCase().includes(text.toLowerCase()));
  const tools = wrongTools(question, answer);
  const cited =
    question.cites === undefined ? undefined : answer.citations.some(({ documentId }) => documentId === question.cites);
  const refused = question.refuses ? refusal.test(answer.content) : undefined;
  const misses = [
    ...tools,
    ...missing.map((figure) => `${named(figure)} is ${expectedValue(figure, prices).toPrecision(6)}, and is not there`),
    ...(cited === false ? [`does not cite ${question.cites}`] : []),
    ...(refused === false ? ['does not say that it cannot, and asks nothing back'] : []),
    ...unsaid.map((text) => `does not say ${text}`),
  ];
  return {
    id,
    group,
    tools: tools.length === 0,
    ...(question.figures.length > 0 && { figures: { right: question.figures.length - missing.length, all: question.figures.length } }), // prettier-ignore
    ...(cited !== undefined && { cited }),
    ...(refused !== undefined && { refused }),
    ...(question.says.length > 0 && { said: unsaid.length === 0 }),
    numbers: { marked: markedIn(answer), all: answer.grounding.length },
    misses,
  };
}

const shownBefore = 40;
const markedIn = ({ content, grounding }: Answered): string[] =>
  grounding.flatMap(({ ok, start, end }) => (ok ? [] : [content.slice(Math.max(0, start - shownBefore), end)]));

/** Every tool that is expected was asked with the arguments that are, and no other kind of tool was. */
function wrongTools({ tools }: EvaluationQuestion, { toolCalls }: Answered): string[] {
  const isAsked = ([name, args]: EvaluationQuestion['tools'][number]) =>
    toolCalls.some((call) => call.name === name && Object.entries(args).every(([key, value]) => isDeepStrictEqual(call.arguments[key], value))); // prettier-ignore
  const names = new Set(tools.map(([name]) => name));
  const unasked = tools.filter((tool) => !isAsked(tool)).map(([name, args]) => `${name} was not asked with ${JSON.stringify(args)}`); // prettier-ignore
  const others = toolCalls.filter(({ name }) => !names.has(name)).map(({ name }) => `${name} was asked`);
  return [...unasked, ...new Set(others)];
}

const named = ({ figure, symbol = '', with: other, from = '', to = '' }: ExpectedFigure): string =>
  [figure, symbol, other, from, to].filter(Boolean).join(' ');

/** Some number of the text is the value, within half of its last digit, and fine enough to be it. */
function isShown(value: number, text: string): boolean {
  const numbers = text.matchAll(/(?<![\w.])\d[\d,]*(?:\.\d+)?(?![\d.]*\d)/g);
  return [...numbers].some(([found]) => {
    const shown = Number(found.replaceAll(',', ''));
    const half = 0.5 * 10 ** -(found.split('.')[1]?.length ?? 0);
    return [1, 100].some((scale) => {
      const wanted = Math.abs(value) * scale;
      return Math.abs(shown - wanted) <= half + 1e-9 * wanted && half <= Math.max(coarsest * wanted, 0.005);
    });
  });
}
