/** A number in a text, at [start, end). */
export interface NumberToken {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** As shown: 12.5 for "12.5%", with its scale for "1.2 billion". */
  readonly value: number;
  /** Half a unit of the last shown digit, in the unit of `value`. */
  readonly tolerance: number;
  readonly isPercent: boolean;
  /** With a minus sign; numbers without one may stand for a loss that words describe. */
  readonly isNegative: boolean;
}

/** An id, link or path: not a number, but it must be literally in a tool result. */
export interface ReferenceToken {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface Tokens {
  readonly numbers: readonly NumberToken[];
  readonly references: readonly ReferenceToken[];
}

const month = String.raw`(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?`;
const ordinal = '(?:st|nd|rd|th)?';
const notWithin = String.raw`(?<![\p{L}\p{N}_])`;
const money = '(?:dollars?|usd|euros?|shares?|units?|points?|percent)';

/** What holds digits without being a figure. Grammar alone decides; a year in front of a unit is a figure. */
const exempt = [
  String.raw`\d{4}-\d{2}-\d{2}(?:T[\d:.]+Z?)?(?!\d)`,
  String.raw`${month}\s+\d{1,2}${ordinal}(?!\d)(?:,?\s+(?:19|20)\d{2})?`,
  String.raw`\d{1,2}${ordinal}\s+(?:of\s+)?${month}(?:,?\s+(?:19|20)\d{2})?`,
  String.raw`S&P\s?(?:500|400|600|100)`,
  String.raw`(?:Russell|Nasdaq|Nasdaq-|Dow|FTSE|Nikkei|CAC|DAX|Stoxx)[\s-]?(?:10{1,3}|20{3}|30{3}|30|40|50|225|250|600)(?!\d)`,
  String.raw`(?:401\(k\)|10-[KQ]|8-K|COVID-19|52-week|3M)(?![\p{L}\p{N}])`,
  String.raw`[QH][1-4](?![\p{L}\p{N}])`,
  String.raw`\d{1,5}\.[A-Z]{1,3}(?![\p{L}\p{N}])`,
  String.raw`(?:19|20)\d{2}s?(?![\d%]|[.,]\d|\s*%|\s+${money}\b)`,
].map((source) => `${notWithin}${source}`);

const uuid = String.raw`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`;
const reference = String.raw`(?:https?:\/\/|(?<![\p{L}\p{N}])\/v\d\/)[^\s)\]>"']*[^\s)\]>"'.,;:!?]|${notWithin}${uuid}`;
/** The mark of a list's line: a dash there is no minus. */
const listMark = String.raw`^[ \t]*(?:\d{1,2}[.)]|[-+*])(?=[ \t])`;
const scales: Readonly<Record<string, number>> = {
  k: 1e3, thousand: 1e3, m: 1e6, million: 1e6, bn: 1e9, b: 1e9, billion: 1e9, t: 1e12, tn: 1e12, trillion: 1e12,
}; // prettier-ignore
const digits = String.raw`\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+`;
const figure = String.raw`(?<sign>(?<![\p{L}\p{N}])[-−+]\s?)?(?:(?<![\p{L}\p{N}])(?:USD|EUR|GBP|JPY|CHF)\s?|[$€£¥])?(?<![\p{L}\p{N}_.])(?<figure>${digits})(?:(?:e(?<exponent>[-+]?\d{1,3}))(?!\w))?(?:(?:\s?(?<percent>%|(?:percent(?:age\s+points?)?|per\s+cent)\b))|(?:\s(?<word>thousand|million|billion|trillion)\b)|(?<suffix>k|m|bn|b|tn|t)(?![\p{L}\p{N}]))?`;

const everything = new RegExp(
  `(?<reference>${reference})|(?<exempt>${exempt.join('|')}|${listMark})|${figure}`,
  'gimu',
);

/** Numbers and references of a text, in order; dates, years, list numbers and names with digits are neither. */
export function tokensOf(text: string): Tokens {
  const numbers: NumberToken[] = [];
  const references: ReferenceToken[] = [];
  for (const match of text.matchAll(everything)) {
    const groups = match.groups ?? {};
    const place = { start: match.index, end: match.index + match[0].length, text: match[0] };
    if (groups['reference'] !== undefined) references.push(place);
    else if (groups['exempt'] === undefined) numbers.push({ ...place, ...valueOf(groups) });
  }
  return { numbers, references };
}

function valueOf(groups: Record<string, string | undefined>): Omit<NumberToken, 'start' | 'end' | 'text'> {
  const plain = (groups['figure'] ?? '').replaceAll(',', '');
  const scale = scales[(groups['word'] ?? groups['suffix'] ?? '').toLowerCase()] ?? 1;
  const power = scale * 10 ** Number(groups['exponent'] ?? 0);
  const decimals = plain.includes('.') ? plain.length - plain.indexOf('.') - 1 : 0;
  const isNegative = /[-−]/.test(groups['sign'] ?? '');
  return {
    value: (isNegative ? -1 : 1) * Number(plain) * power,
    tolerance: 0.5 * 10 ** -decimals * power,
    isPercent: groups['percent'] !== undefined,
    isNegative,
  };
}
