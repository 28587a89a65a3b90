import type { SymbolMatch } from '@stocktool/contracts';
import { namesOf } from './symbol-directory';

/** A company, fund or index named in a text, at [start, end). */
export interface Mention {
  readonly symbol: string;
  /** As people call it; the symbol itself when the directory does not know it. */
  readonly name: string;
  readonly isIndex: boolean;
  readonly start: number;
  readonly end: number;
}

/** Capitals that are not symbols. A `$` before them makes them one all the same. */
const notSymbols = new Set(
  `A I AM PM AN AND ARE AS AT BE BY CAN DO FOR GO HAS HOW IF IN IS IT ME MY NO NOT OF OK ON OR OUT SO THE TO UP US VS WAS WE WHO YOU
   ALL ANY BUY SELL HOLD RISK WHAT WHY WITH FROM SINCE
   AI API CEO CFO COO CTO CAGR CPI CSV CVAR DCF DIY EPS ES ETF ETFS EU EV FAQ FED FX GDP HTML HRP IPO IR IRR IT ITM LLC LTD MAR MDD MTD NAV
   NYSE OK OTC PDF PE PEG QTD REIT ROE ROI SEC SD SMA EMA RSI MACD ATR ADX OBV TV UK USA USD EUR GBP JPY CHF CAD AUD VAR VWAP WACC XIRR YOY YTD
   JAN FEB MAR APR MAY JUN JUL AUG SEP SEPT OCT NOV DEC MON TUE WED THU FRI Q H`.split(/\s+/),
);

/** Symbols of the market that are words too: only in capitals do they mean a company. */
const englishWords = new Set(
  'size cost all low now key has are real fast well cat man car tell nice open play life trip home hope best good'.split(
    ' ',
  ),
);

const wordBefore = String.raw`(?<![\p{L}\p{N}$^~])`;
const wordAfter = String.raw`(?![\p{L}\p{N}])`;
/** "The market cap of Apple" names no index. */
const notOfACompany = String.raw`(?!\s+(?:cap\w*|value)(?![\p{L}\p{N}]))`;
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

interface Known {
  symbol: string;
  name: string;
  isIndex: boolean;
}

/** Names first, the longest winning ("Bank of America" before "America"), then symbols in what is left; in order of the text. */
export function findMentions(text: string, universe: readonly SymbolMatch[]): Mention[] {
  const known = new Map(universe.map((row) => [row.symbol, { ...row, isIndex: row.kind === 'index' }]));
  const taken: Mention[] = [];
  const free = (start: number, end: number) => taken.every((other) => end <= other.start || start >= other.end);
  const take = ({ symbol, name, isIndex }: Known, start: number, end: number) => {
    if (free(start, end)) taken.push({ symbol, name, isIndex, start, end });
  };

  const phrases = [...known.values()]
    .flatMap((row) => namesOf(row).map((phrase) => ({ row, phrase })))
    .sort((a, b) => b.phrase.length - a.phrase.length);
  for (const { row, phrase } of phrases) {
    const spoken = escaped(phrase).replaceAll(' ', String.raw`\s+`);
    const pattern = new RegExp(`${wordBefore}${spoken}${wordAfter}${phrase.endsWith('market') ? notOfACompany : ''}`, 'giu'); // prettier-ignore
    for (const found of text.matchAll(pattern)) take(row, found.index, found.index + found[0].length);
  }

  const shouting = !/\p{Ll}/u.test(text);
  for (const found of text.matchAll(/(?<![\p{L}\p{N}])([$^~]?)(\p{L}[A-Za-z0-9.=_-]{0,19})/gu)) {
    const [, sign = '', raw = ''] = found;
    const token = raw.replace(/[.=_-]+$/, '');
    const symbol = symbolOf(sign, token, known, shouting);
    if (symbol === undefined) continue;
    const row = known.get(symbol) ?? { symbol, name: symbol, isIndex: symbol.startsWith('^') };
    take(row, found.index, found.index + sign.length + token.length);
  }
  return taken.sort((a, b) => a.start - b.start);
}

function symbolOf(
  sign: string,
  token: string,
  known: ReadonlyMap<string, { kind: string }>,
  shouting: boolean,
): string | undefined {
  const upper = token.toUpperCase();
  if (sign === '^' || sign === '~') return `${sign}${upper}`.slice(0, 20);
  if (sign === '$') return upper.slice(0, 20);
  if (token === upper && (shouting ? known.has(upper) : !notSymbols.has(upper))) {
    if (known.has(upper) || /^[A-Z]{2,5}([.-][A-Z]{1,2})?(=X)?$/.test(upper)) return upper;
  }
  const row = known.get(upper);
  const plainWord = englishWords.has(token.toLowerCase()) || upper.length < 3;
  return row && row.kind !== 'etf' && !plainWord && !shouting ? upper : undefined;
}

const capitalised = /(?<=[^.!?\s]\s+)(\p{Lu}[\p{Ll}]+(?:\s+\p{Lu}[\p{Ll}]+)*)/gu;
const leading = /^(\p{Lu}[\p{Ll}]+)(?='s\b|\s+(?:stock|shares?|price|quote)\b)/u;
const properWords =
  /^(January|February|March|April|May|June|July|August|September|October|November|December|Monday|Tuesday|Wednesday|Thursday|Friday|Value|Risk|Sharpe|Sortino|Calmar|Omega|Monte|Carlo|Expected|Shortfall|Treynor|Jensen|Black|Markowitz|English|Please|Thanks|Stock|Stocktool)\b/i;

/** Capitalised words that are in no directory ("Tesla"): so that the answer can say which name it did not know. */
export function unknownNames(text: string, mentions: readonly Mention[]): string[] {
  const found = [...text.matchAll(capitalised), ...text.matchAll(new RegExp(leading, 'gu'))];
  return found
    .filter(({ index, 0: word }) => mentions.every(({ start, end }) => index + word.length <= start || index >= end))
    .map(({ 0: word }) => word)
    .filter((word) => !properWords.test(word));
}
