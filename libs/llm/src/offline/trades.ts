import type { FoundHolding } from './holdings';
import type { Mention } from './symbol-mentions';

/** A trade that a text thinks of; as `what_if` takes it. */
export interface FoundTrade {
  readonly action: 'buy' | 'sell';
  readonly symbol: string;
  readonly quantity?: number;
  readonly amount?: number;
  readonly weight?: number;
  readonly fraction?: number;
  /** Bought for a part of what is held of another: a weight, once that is known. */
  readonly partOf?: string;
}

interface Clause {
  readonly verb: 'buy' | 'sell' | 'move';
  readonly start: number;
  readonly end: number;
}

interface Size {
  readonly start: number;
  readonly end: number;
  readonly value: number;
  /** `part`: of a sale it is a part of what is held, of a purchase one of the portfolio. */
  readonly kind: 'shares' | 'money' | 'weight' | 'part';
}

const verbs =
  /\b(?:(?<sell>sell(?:ing)?|sold|trim(?:med|ming)?|dump(?:ed|ing)?|get(?:ting)?\s+rid\s+of)|(?<buy>buy(?:ing)?|bought|add(?:ed|ing)?)|(?<move>mov(?:e|ed|ing)|shift(?:ed|ing)?|switch(?:ed|ing)?))\b/gi;
/** What is held stands behind these, or another sentence. */
const clauseEnd =
  /[.?!;](?=\s|$)|\b(?:(?:from|in|out\s+of|of|to|on)\s+(?:a|an|the|my|this|our)(?:\s+(?!(?:from|in|out|of|to|on)\b)[^\s.?!;]+){0,5}?\s+portfolio|given|(?:i|we)\s+(?:hold|own|have)\b|holding|owning)/i;
const number = String.raw`\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+`;
const sizes = new RegExp(
  String.raw`\$\s?(?<dollars>${number})(?<thousand>k\b)?|(?<![\w.,$])(?:(?<money>${number})\s*(?:dollars?|usd)\b|(?<part>${number})\s*(?:%|percent\b|per\s+cent\b)\s+of\b|(?<weight>${number})\s*(?:%|percent\b|per\s+cent\b)|(?<words>half|(?:a|one)\s+third|two\s+thirds|(?:a|one)\s+quarter|three\s+quarters|all|everything|the\s+whole)\b|(?<shares>${number})\s*(?:shares?|units?|stocks?)?\b)`,
  'gi',
);
const parts: Readonly<Record<string, number>> = {
  half: 1 / 2, 'a third': 1 / 3, 'one third': 1 / 3, 'two thirds': 2 / 3, 'a quarter': 1 / 4, 'one quarter': 1 / 4,
  'three quarters': 3 / 4, all: 1, everything: 1, 'the whole': 1,
}; // prettier-ignore
const decimal = (text: string): number => Number(text.replaceAll(',', ''));
const fractionOf = (percent: string): number => Number((decimal(percent) / 100).toFixed(9));

function clausesOf(text: string): Clause[] {
  const starts = [...text.matchAll(verbs)];
  return starts.map(({ index, 0: word, groups }, i) => {
    const start = index + word.length;
    const until = starts[i + 1]?.index ?? text.length;
    const stop = clauseEnd.exec(text.slice(start, until));
    const verb = groups?.['sell'] !== undefined ? 'sell' : groups?.['buy'] !== undefined ? 'buy' : 'move';
    return { verb, start, end: stop ? start + stop.index : until };
  });
}

const sizesIn = (text: string, { start, end }: Clause): Size[] =>
  [...text.slice(start, end).matchAll(sizes)].flatMap((found): Size[] => {
    const { dollars, thousand, money, part, weight, words, shares } = found.groups ?? {};
    const place = { start: start + found.index, end: start + found.index + found[0].length };
    if (dollars !== undefined) return [{ ...place, kind: 'money', value: decimal(dollars) * (thousand ? 1000 : 1) }];
    if (money !== undefined) return [{ ...place, kind: 'money', value: decimal(money) }];
    if (part !== undefined) return [{ ...place, kind: 'part', value: fractionOf(part) }];
    if (weight !== undefined) return [{ ...place, kind: 'weight', value: fractionOf(weight) }];
    if (words !== undefined)
      return [{ ...place, kind: 'part', value: parts[words.toLowerCase().replace(/\s+/g, ' ')] ?? 1 }];
    return [{ ...place, kind: 'shares', value: decimal(shares ?? '') }];
  });

function sized(action: 'buy' | 'sell', symbol: string, size: Size | undefined): FoundTrade | undefined {
  if (!size) return action === 'sell' ? { action, symbol, fraction: 1 } : undefined;
  if (size.value <= 0) return undefined;
  switch (size.kind) {
    case 'shares':
      return { action, symbol, quantity: size.value };
    case 'money':
      return { action, symbol, amount: size.value };
    case 'weight':
      return { action, symbol, weight: size.value };
    case 'part':
      return action === 'sell' ? { action, symbol, fraction: size.value } : { action, symbol, weight: size.value };
  }
}

export interface FoundTrades {
  readonly trades: readonly FoundTrade[];
  /** Symbols that are to be bought, and nobody said how much. */
  readonly withoutSize: readonly string[];
  /** Where the text speaks of trades: [start, end) each. */
  readonly spans: readonly (readonly [number, number])[];
}

/** "sell half of my Apple and buy $5,000 of KO", "move 10% from AAPL to MSFT". */
export function findTrades(text: string, mentions: readonly Mention[]): FoundTrades {
  const clauses = clausesOf(text);
  const unnamed = mentions.reduce(
    (rest, { start, end }) => rest.slice(0, start) + '\u0001'.repeat(end - start) + rest.slice(end),
    text,
  );
  const trades: FoundTrade[] = [];
  const withoutSize: string[] = [];
  for (const clause of clauses) {
    const named = mentions.filter(({ start, end }) => start >= clause.start && end <= clause.end);
    const free = sizesIn(unnamed, clause);
    if (clause.verb === 'move') trades.push(...moved(named, free));
    else
      for (const mention of named) {
        const size = takeNearest(free, mention, named);
        const trade = sized(clause.verb, mention.symbol, size);
        if (trade) trades.push(trade);
        else withoutSize.push(mention.symbol);
      }
  }
  return { trades, withoutSize, spans: clauses.map(({ start, end }) => [start, end]) };
}

/** "Move half of KO to PEP" buys for half of KO's weight; where it is not known, nobody has said how much. */
export function sizedByHoldings(found: FoundTrades, holdings: readonly FoundHolding[]): FoundTrades {
  const withoutSize = [...found.withoutSize];
  const trades = found.trades.flatMap((trade): FoundTrade[] => {
    const { partOf, fraction = 1, ...rest } = trade;
    if (partOf === undefined) return [trade];
    const weight = holdings.find(({ symbol }) => symbol === partOf)?.weight;
    if (weight !== undefined) return [{ ...rest, weight: Number((fraction * weight).toFixed(9)) }];
    withoutSize.push(rest.symbol);
    return [];
  });
  return { ...found, trades, withoutSize };
}

function moved(named: readonly Mention[], [size]: readonly Size[]): FoundTrade[] {
  const [from, to] = named;
  if (!from || !to || !size || size.kind === 'shares') return [];
  if (size.kind === 'part')
    return [
      { action: 'sell', symbol: from.symbol, fraction: size.value },
      { action: 'buy', symbol: to.symbol, fraction: size.value, partOf: from.symbol },
    ];
  const as = size.kind === 'money' ? { amount: size.value } : { weight: size.value };
  return [
    { action: 'sell', symbol: from.symbol, ...as },
    { action: 'buy', symbol: to.symbol, ...as },
  ];
}

/** The size right before a name, else the one right behind it; each counts for one name. */
function takeNearest(free: Size[], mention: Mention, named: readonly Mention[]): Size | undefined {
  const between = (from: number, to: number) => named.some(({ start, end }) => start >= from && end <= to);
  const before = free.findLastIndex(({ end }) => end <= mention.start && !between(end, mention.start));
  const behind = free.findIndex(({ start }) => start >= mention.end && !between(mention.end, start));
  const at = before >= 0 ? before : behind;
  return at < 0 ? undefined : free.splice(at, 1)[0];
}
