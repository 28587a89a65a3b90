/** A word for a metric, and which figures of tool results it may stand for, by their path. */
interface MetricTerm {
  readonly words: RegExp;
  readonly figures: RegExp;
}

const term = (words: string, figures: RegExp): MetricTerm => ({ words: new RegExp(words, 'giu'), figures });

/** "Total return 152%, 9.7% a year": the second is not the total any more. */
const totalReturn = /totalReturn/i;
const aYear = /annual|cagr|alpha|trackingError/i;

/** Before their number: "volatility 28%", "a Sharpe ratio of 0.4". The last one before a number counts. */
const before: readonly MetricTerm[] = [
  term(String.raw`\bvolatil\w*|\bswings?\b`, /volatility/i),
  term(String.raw`\bsharpe\b`, /sharpe/i),
  term(String.raw`\bsortino\b`, /sortino/i),
  term(String.raw`\bbetas?\b`, /beta/i),
  term(String.raw`\balphas?\b`, /alpha/i),
  term(String.raw`\btracking error\b`, /trackingError/i),
  term(String.raw`\binformation ratio\b`, /informationRatio/i),
  term(String.raw`\br-?squared\b|R²`, /rSquared/i),
  term(String.raw`\bcorrelat\w*`, /correlation|matrix/i),
  term(String.raw`\btotal return\b|\bin total\b`, totalReturn),
  term(String.raw`\bannual(?:i[sz]ed)? return\b|\breturn a year\b|\bcagr\b`, /annualReturn|cagr|expectedReturn/i),
  term(String.raw`\breturn(?:s|ed)?\b|\bgain(?:s|ed)?\b|\blost\b`, /return|change|bestDay|worstDay/i),
  term(String.raw`\bby year\b`, /calendarYears/i),
  term(String.raw`\bdrawdowns?\b|\bdeepest fall\b`, /drawdown/i),
  term(
    String.raw`\bvalue at risk\b|\bVaR\b`,
    /tailRisk\.\d+\.(?:at[\d.]+\.)?(?:historical|parametric|confidence)|\bvar\b/i,
  ),
  term(
    String.raw`\bexpected shortfall\b|\bCVaR\b`,
    /expectedShortfall|tailRisk\.\d+\.(?:at[\d.]+\.)?confidence|\bcvar\b/i,
  ),
  term(String.raw`\bshares? of the risk\b|\brisk contributions?\b`, /riskContribution/i),
  term(String.raw`\bexpected return\b`, /expectedReturn|annualReturn/i),
  term(String.raw`\bturnover\b`, /turnover/i),
  term(String.raw`\bweight(?:s|ed)?\b`, /weight/i),
  term(String.raw`\bprevious close\b`, /previousClose/i),
  term(String.raw`\bhighest close\b|\bhighest\b`, /highest|high/i),
  term(String.raw`\blowest close\b|\blowest\b`, /lowest|low/i),
  term(String.raw`\bbest day\b`, /bestDay/i),
  term(String.raw`\bworst(?: day)?\b`, /worstDay/i),
  term(String.raw`\b(?:up|down|rose|fell|unchanged)\b`, /change|return/i),
  term(
    String.raw`\bprices?\b|\bwas at\b|\btrad(?:es|ed|ing)(?: at)?\b|\badjusted close\b`,
    /price|close|average|forecast/i,
  ),
  term(String.raw`\bmarket (?:value|cap\w*)\b`, /marketCap|marketValue/i),
  term(String.raw`\bvalue\b(?!\s+at\s+risk)`, /(?<!Drawdown|Close|Day)\.value$|amount|paidIn|marketValue|marketCap/i),
  term(String.raw`\bmoney (?:paid in|taken out)\b`, /paidIn/i),
  term(String.raw`\b(?:sell|buy)\b`, /\.trades\.|buy|sell/i),
  term(String.raw`\bemployees\b`, /employees/i),
  term(String.raw`\brevenues?\b`, /revenue/i),
  term(String.raw`\bnet income\b`, /netIncome/i),
  term(String.raw`\bper share\b|\beps\b`, /eps|amount/i),
  term(String.raw`\bfree cash flow\b`, /freeCashFlow/i),
  term(String.raw`\bdividends?\b`, /dividend|amount/i),
  term(String.raw`\brsi\b`, /rsi/i),
  term(String.raw`\bsma\b`, /sma/i),
  term(String.raw`\bema\b`, /ema/i),
  term(String.raw`\bmacd\b`, /macd/i),
  term(String.raw`\bsignal\b`, /signal/i),
  term(String.raw`\bhistogram\b`, /histogram/i),
  term(String.raw`\bupper\b`, /upper/i),
  term(String.raw`\bmiddle\b`, /middle/i),
  term(String.raw`\blower\b`, /lower/i),
];

/** Two states of one figure stand side by side in a result; these words tell them apart, and say nothing of any other result. */
const beforeOnly = /^(?!.*\.(?:after|optimal|difference|trades)\.)/;
const afterOnly = /^(?!.*\.(?:before|current|difference|trades)\.)/;

/** Right behind their number, and stronger than what stands before: "12% a year", "2.9% from history". */
const behind: readonly (MetricTerm & { readonly overrides?: boolean })[] = [
  { ...term(String.raw`^\s*(?:level of\s+)?confidence\b`, /confidence|level/i), overrides: true },
  { ...term(String.raw`^\s*(?:common\s+)?(?:daily\s+)?(?:returns|observations|trading days)\b`, /observations|days/i), overrides: true }, // prettier-ignore
  { ...term(String.raw`^\s*(?:of the time)\b`, /coverage/i), overrides: true },
  { ...term(String.raw`^[\s-]*day\b`, /days/i), overrides: true },
  term(String.raw`^\s*(?:a year|per year|annually|annuali[sz]ed)\b`, aYear),
  term(String.raw`^\s*on\s*$`, /price|close|denominator|\.value$/i), // a date follows
  term(String.raw`^\s*in total\b`, /totalReturn/i),
  term(String.raw`^\s*shares\b`, /quantity|shares/i),
  term(String.raw`^\s*from history\b`, /historical/i),
  term(String.raw`^\s*if returns were normal\b`, /parametric/i),
  term(String.raw`^\s*(?:before|now)\b`, beforeOnly),
  term(String.raw`^\s*after(?:wards)?\b`, afterOnly),
];

const states: readonly MetricTerm[] = [
  term(String.raw`\bbefore\b|\bnow\b|\bcurrent(?:ly)?\b|\bpresent(?:ly)?\b`, beforeOnly),
  term(String.raw`\bafter(?:wards)?\b|\boptimal\b|\boptimi[sz]ed\b`, afterOnly),
  term(String.raw`\bdifference\b|\bchange\b`, /^(?!.*\.(?:before|after|current|optimal|trades)\.)/),
];

/** Of the head of a column: which of the states of a figure it has. */
export const statesMeant = (head: string): RegExp[] =>
  states.filter(({ words }) => found(words, head) !== undefined).map(({ figures }) => figures);

/** Immediately before their number; `state`: of a figure that is named before, the one in that state, too. */
const adjacent: readonly (MetricTerm & { readonly state?: string })[] = [
  { ...term(String.raw`\bfrom\s*$`, /first|lower|previous/i), state: 'before|current' },
  { ...term(String.raw`\bfrom\s\S+\s+to\s*$`, /last|upper|price/i), state: 'after|optimal' },
  term(String.raw`\brange at\s*$`, /level/i),
  term(String.raw`\brange at \S+:\s*$`, /lower/i),
  term(String.raw`\brange at \S+ \S+ to\s*$`, /upper/i),
  term(String.raw`, close\s*$`, /close/i),
  term(String.raw`\bshares,\s*$`, /amount/i),
];

/** The confidence that a loss is said of: "value at risk, 95%", "at 99% confidence", "95% VaR". */
const confidenceOf = /(9\d(?:\.\d+)?)\s*%\s*(?:confidence|level|(?:one-day\s+|daily\s+)?(?:value[\s-]at[\s-]risk|c?var\b|expected\s+shortfall))|(?:value[\s-]at[\s-]risk|\bc?var|expected\s+shortfall)[^.;|\d]{0,12}\s(9\d(?:\.\d+)?)\s*%/gi; // prettier-ignore

/** None of another confidence. */
function ofConfidence(sentence: string): RegExp[] {
  const last = [...sentence.matchAll(confidenceOf)].at(-1);
  const level = last?.[1] ?? last?.[2];
  return level === undefined ? [] : [new RegExp(String.raw`^(?!.*\.at(?!${level.replace('.', String.raw`\.`)}\.)\d)`)];
}

const averageOfDays = /(\d{1,3})[- ]day (?:simple )?(?:moving )?average(?: is| was| of| at|:)?\s*$/i;

/**
 * What a number is said to be, by the words around it in its sentence: all of these must allow the figure. None: the words do not say.
 */
export function figuresMeant(text: string, after: string): readonly RegExp[] {
  const sentence = text.replace(/\([^()]*\)/g, ' '); // what stands in brackets is of what stood before them
  const qualifiers = behind.filter(({ words }) => found(words, after) !== undefined);
  const overriding = qualifiers.filter(({ overrides }) => overrides);
  if (overriding.length > 0) return overriding.map(({ figures }) => figures);
  const [, days] = averageOfDays.exec(sentence) ?? [];
  if (days !== undefined) return [new RegExp(String.raw`average${days}(?!\d)|sma:${days}(?!\d)`, 'i')];
  const last = before
    .map(({ words, figures }) => ({ end: lastEnd(words, sentence), figures }))
    .reduce((latest, one) => (one.end > latest.end ? one : latest), { end: -1, figures: / / });
  const beside = adjacent.findLast(({ words }) => found(words, sentence) !== undefined);
  if (beside) return [besides(beside, last.end >= 0 ? last.figures : undefined)];
  if (last.figures === totalReturn && qualifiers.some(({ figures }) => figures === aYear))
    return [/annualReturn|cagr/i];
  const named = last.end >= 0 ? [last.figures] : firstNamed(after);
  return [...named, ...qualifiers.map(({ figures }) => figures), ...ofConfidence(sentence)];
}

/** "Volatility falls from 28% to 25%": what the adjacent words mean, or the named figure in the state that they say. */
function besides({ figures, state }: (typeof adjacent)[number], named: RegExp | undefined): RegExp {
  if (state === undefined) return figures;
  return new RegExp(`${figures.source}|\\.(?:${state})\\..*(?:${named?.source ?? ''})`, 'i');
}

/** "28% volatility": the first metric behind the number, where none stands before it. */
function firstNamed(after: string): RegExp[] {
  const first = before
    .map(({ words, figures }) => ({ at: found(words, after)?.index ?? Number.POSITIVE_INFINITY, figures }))
    .reduce((earliest, one) => (one.at < earliest.at ? one : earliest), { at: Number.POSITIVE_INFINITY, figures: / / });
  return Number.isFinite(first.at) ? [first.figures] : [];
}

/** By `matchAll`, which leaves `words` as it was: where an `exec` has stopped, the next `matchAll` would begin. */
const found = (words: RegExp, text: string): RegExpExecArray | undefined => text.matchAll(words).next().value;

function lastEnd(words: RegExp, text: string): number {
  let end = -1;
  for (const match of text.matchAll(words)) end = match.index + match[0].length;
  return end;
}
