/** Dates found in a question. `on` is a single day; the others bound a range, both inclusive. */
export interface Period {
  readonly from?: string;
  readonly to?: string;
  readonly on?: string;
  /** The text that said so: [start, end) each. */
  readonly spans: readonly (readonly [number, number])[];
}

const months = 'january february march april may june july august september october november december'.split(' ');
const month = String.raw`(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?`;
const iso = String.raw`\d{4}-\d{2}-\d{2}`;
const year = String.raw`(?:19|20)\d{2}`;
const day = String.raw`\d{1,2}(?:st|nd|rd|th)?`;
const date = String.raw`(?:${iso}|${year}-\d{2}|${month}\s+${day},?\s+${year}|(?:the\s+)?${day}\s+(?:of\s+)?${month},?\s+${year}|${month},?\s+(?:of\s+)?${year}|(?:the\s+)?(?:start|beginning|end)\s+of\s+${year}|${year})(?!\d|-\d{2}(?!\d)|\s*(?:dollars?|usd|euros?|shares?|units?|stocks?)\b)`;
const count = String.raw`(\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|couple\s+of|few)`;
const unit = '(day|week|month|year|decade)s?';

const numbers: Readonly<Record<string, number>> = {
  a: 1, an: 1, one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10, twelve: 12, few: 3,
}; // prettier-ignore

const isoDate = (y: number, m: number, d: number): string => new Date(Date.UTC(y, m - 1, d)).toISOString().slice(0, 10);

/** First and last day of what a date expression covers: a day, a month or a year. Undefined for a day that does not exist. */
function rangeOf(expression: string): { from: string; to: string } | undefined {
  const text = expression.toLowerCase().trim();
  const yearFound = Number(/(?:19|20)\d{2}/.exec(text)?.[0]);
  const single = (m: number, d: number) => {
    const value = isoDate(yearFound, m, d);
    return Number(value.slice(8)) === d && m <= 12 ? { from: value, to: value } : undefined;
  };
  const wholeMonth = (m: number) => ({ from: isoDate(yearFound, m, 1), to: isoDate(yearFound, m + 1, 0) });

  const numeric = /^\d{4}-(\d{2})(?:-(\d{2}))?$/.exec(text);
  if (numeric) {
    const m = Number(numeric[1]);
    if (m < 1 || m > 12) return undefined;
    return numeric[2] === undefined ? wholeMonth(m) : single(m, Number(numeric[2]));
  }
  const named = months.findIndex((name) => new RegExp(String.raw`\b${name.slice(0, 3)}`).test(text)) + 1;
  if (named > 0) {
    const dayFound = /\b(\d{1,2})(?:st|nd|rd|th)?\b/.exec(text.replace(String(yearFound), ''));
    return dayFound ? single(named, Number(dayFound[1])) : wholeMonth(named);
  }
  if (/end of/.test(text)) return { from: `${yearFound}-12-31`, to: `${yearFound}-12-31` };
  if (/(start|beginning) of/.test(text)) return { from: `${yearFound}-01-01`, to: `${yearFound}-01-01` };
  return { from: `${yearFound}-01-01`, to: `${yearFound}-12-31` };
}

/** `today` moved back; the last day of the month where the day does not exist there. */
function before(today: string, amount: number, unitName: string): string {
  const [y = 0, m = 1, d = 1] = today.split('-').map(Number);
  if (unitName === 'day') return isoDate(y, m, d - amount);
  if (unitName === 'week') return isoDate(y, m, d - 7 * amount);
  const back = { month: amount, year: 12 * amount, decade: 120 * amount }[unitName] ?? 0;
  const lastOfMonth = Number(isoDate(y, m - back + 1, 0).slice(8));
  return isoDate(y, m - back, Math.min(d, lastOfMonth));
}

type Reading = Omit<Period, 'spans'>;
interface Form {
  pattern: RegExp;
  read: (groups: string[], today: string) => Reading | undefined;
}

const form = (source: string, read: Form['read']): Form => ({
  pattern: new RegExp(String.raw`(?<![\w$%])${source}`, 'i'),
  read,
});

const upTo = (first?: string, last?: string): Reading | undefined => {
  const [a, b] = [rangeOf(first ?? ''), rangeOf(last ?? '')];
  if (!a || !b) return undefined;
  return a.from <= b.from ? { from: a.from, to: b.to } : { from: b.from, to: a.to };
};

/** Tried in order; what one has read is gone for the next. */
const forms: readonly Form[] = [
  form(String.raw`(?:between|from)\s+(${date})\s+(?:and|to|until|till|through)\s+(${date})`, ([a, b]) => upTo(a, b)),
  form(String.raw`(${date})\s*(?:-|–|—|to|until|through)\s*(${date})`, ([a, b]) => upTo(a, b)),
  form(
    String.raw`(?:since|from|starting(?:\s+in)?|after)\s+(${date})(?:\s+(?:on|onwards?|to\s+(?:now|today|date)))?`,
    ([a]) => {
      const range = rangeOf(a ?? '');
      return range && { from: range.from };
    },
  ),
  form(String.raw`(?:until|till|up\s+to|through|before)\s+(${date})`, ([a]) => {
    const range = rangeOf(a ?? '');
    return range && { to: range.to };
  }),
  form(
    String.raw`(?:(?:in|over|during|for|within)\s+)?(?:the\s+)?(?:last|past|previous|trailing)\s+(?:${count}\s+)?${unit}(?![\w])`,
    ([amount, unitName = ''], today) => trailing(amount, unitName, today),
  ),
  form(String.raw`(?:over|for)\s+${count}\s+${unit}(?![\w])`, ([amount, unitName = ''], today) =>
    trailing(amount, unitName, today),
  ),
  form(String.raw`(\d{1,2})[\s-](year|month|week|day)(?![\w])`, ([amount, unitName = ''], today) =>
    trailing(amount, unitName, today),
  ),
  form(String.raw`(?:year[\s-]to[\s-]date|ytd|this\s+year)(?![\w])`, (_, today) => ({
    from: `${today.slice(0, 4)}-01-01`,
    to: today,
  })),
  form(String.raw`(?:on|as\s+of|at)\s+(${date})`, ([a]) => onDay(a)),
  form(String.raw`(?:(?:in|during|for|over|throughout|of)\s+)?(${date})`, ([a]) => onDay(a)),
];

function onDay(text?: string): Reading | undefined {
  const range = rangeOf(text ?? '');
  return range && (range.from === range.to ? { on: range.from } : range);
}

function trailing(amount: string | undefined, unitName: string, today: string): Reading {
  const word = (amount ?? 'one').toLowerCase();
  const value = numbers[word] ?? (word.startsWith('couple') ? 2 : Number(word));
  return { from: before(today, value, unitName.toLowerCase()), to: today };
}

/** Reads "since 2015", "in March 2020", "last 3 years", "between 2010 and 2015", "on 2015-03-02" and the like. */
export function findPeriod(text: string, today: string): Period {
  let rest = text;
  let found: Reading = {};
  const spans: [number, number][] = [];
  for (const { pattern, read } of forms) {
    const match = pattern.exec(rest);
    if (!match) continue;
    const reading = read(match.slice(1), today);
    if (!reading) continue;
    spans.push([match.index, match.index + match[0].length]);
    rest = rest.slice(0, match.index) + ' '.repeat(match[0].length) + rest.slice(match.index + match[0].length);
    found = { ...reading, ...found }; // the earlier form is the more specific one
    if (found.from !== undefined && found.to !== undefined) break;
  }
  return { ...found, spans };
}

/** The text with what the period said blanked out, positions kept: so that a year is not taken for a quantity. */
export function withoutSpans(text: string, spans: Period['spans']): string {
  return spans.reduce((rest, [start, end]) => rest.slice(0, start) + ' '.repeat(end - start) + rest.slice(end), text);
}
