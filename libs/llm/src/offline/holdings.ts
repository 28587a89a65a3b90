import type { Mention } from './symbol-mentions';

export interface FoundHolding {
  readonly symbol: string;
  readonly weight?: number;
  readonly quantity?: number;
}

interface Amount {
  readonly kind: 'weight' | 'quantity' | 'rest';
  readonly value: number;
  readonly start: number;
  readonly end: number;
}

const fractions: Readonly<Record<string, number>> = {
  half: 1 / 2,
  'a third': 1 / 3,
  'one third': 1 / 3,
  'two thirds': 2 / 3,
  'a quarter': 1 / 4,
  'one quarter': 1 / 4,
  'three quarters': 3 / 4,
};

const number = String.raw`\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+`;
const amountPattern = new RegExp(
  String.raw`(?<![\w.,$])(?:(?<slashed>\d{1,3}(?:\s*/\s*\d{1,3})+)\s*%?|(?<percent>${number})\s*(?:%|percent\b|per\s+cent\b)|(?<shares>${number})\s*(?:shares?|units?|stocks?)\b|(?<words>${Object.keys(
    fractions,
  )
    .join('|')
    .replaceAll(
      ' ',
      String.raw`[\s-]`,
    )})\b|(?<rest>(?:the\s+)?(?:rest|remainder|remaining))\b|(?<bare>${number})(?![\w%/]))`,
  'gi',
);

const decimal = (text: string): number => Number(text.replaceAll(',', ''));

function amountsIn(text: string): Amount[] {
  return [...text.matchAll(amountPattern)].flatMap((found): Amount[] => {
    const { slashed, percent, shares, words, rest, bare } = found.groups ?? {};
    const place = { start: found.index, end: found.index + found[0].length };
    if (slashed) return slashed.split('/').map((part) => ({ kind: 'weight', value: Number(part) / 100, ...place }));
    if (percent) return [{ kind: 'weight', value: decimal(percent) / 100, ...place }];
    if (shares) return [{ kind: 'quantity', value: decimal(shares), ...place }];
    if (words) return [{ kind: 'weight', value: fractions[words.toLowerCase().replace(/[\s-]/, ' ')] ?? 0, ...place }];
    if (rest) return [{ kind: 'rest', value: 0, ...place }];
    const value = decimal(bare ?? '');
    return [{ kind: value < 1 ? 'weight' : 'quantity', value, ...place }];
  });
}

/** Text between an amount and its symbol: short, and without another thought in it. */
const adjacent = (text: string, from: number, to: number): boolean =>
  /^[\s:=(–-]*(?:of|in|into|on|at|is|for|shares|stock)?[\s:=(]*(?:the\s+)?$/i.test(text.slice(from, to));

/**
 * Pairs amounts with symbols: "60% AAPL and 40% MSFT", "AAPL 60%, MSFT 40%", "10 shares of KO", "60/40 in AAPL and MSFT",
 * "half Apple, the rest Microsoft". Symbols without an amount are left out; equal weights when the text says so.
 */
export function findHoldings(text: string, mentions: readonly Mention[]): FoundHolding[] {
  const blank = mentions.reduce(
    (rest, { start, end }) => rest.slice(0, start) + '\u0001'.repeat(end - start) + rest.slice(end),
    text,
  );
  const amounts = amountsIn(blank);
  const paired = amounts.length === mentions.length && amounts.length > 1 ? inOrder(amounts, mentions) : undefined;
  const found = paired ?? byNeighbour(text, amounts, mentions);
  const known = found
    .filter(({ amount }) => amount.kind === 'weight')
    .reduce((sum, { amount }) => sum + amount.value, 0);
  const holdings = found.map(({ symbol, amount: { kind, value } }): FoundHolding => {
    if (kind === 'quantity') return { symbol, quantity: value };
    return { symbol, weight: kind === 'rest' ? rounded(Math.max(1 - known, 0)) : rounded(value) };
  });
  if (holdings.length > 0) return holdings;
  const symbols = [...new Set(mentions.map(({ symbol }) => symbol))];
  return /\bequal(?:ly)?\b/i.test(text) ? equalWeights(symbols) : [];
}

/** Equal weights that sum to one exactly enough for the contract (1e-6). */
const equalWeights = (symbols: readonly string[]): FoundHolding[] =>
  symbols.map((symbol) => ({ symbol, weight: 1 / symbols.length }));

const rounded = (value: number): number => Number(value.toFixed(9));

interface Pair {
  symbol: string;
  amount: Amount;
}

/** As many amounts as symbols: first to first. That is what "60/40 in AAPL and MSFT" means, and all regular lists too. */
const inOrder = (amounts: readonly Amount[], mentions: readonly Mention[]): Pair[] =>
  mentions.map(({ symbol }, i) => ({ symbol, amount: amounts[i]! }));

function byNeighbour(text: string, amounts: readonly Amount[], mentions: readonly Mention[]): Pair[] {
  const used = new Set<Amount>();
  return mentions.flatMap(({ symbol, start, end }) => {
    const amount =
      amounts.find((one) => !used.has(one) && one.end <= start && adjacent(text, one.end, start)) ??
      amounts.find((one) => !used.has(one) && one.start >= end && adjacent(text, end, one.start));
    if (!amount) return [];
    used.add(amount);
    return [{ symbol, amount }];
  });
}
