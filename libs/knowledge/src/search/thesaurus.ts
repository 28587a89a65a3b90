import { termOf, tokenize } from './terms';

/** What people say for each other in questions about money; a word may be in several lines. */
const groups = `
firm company business corporation issuer
stock share equity
buy purchase acquire
sell sale liquidate
own hold holder owner investor
gain profit earn win
loss lose fall drop decline
crash slump bust crisis meltdown collapse downturn
danger risk hazard threat
annual yearly year
fee cost expense charge commission
borrow loan debt leverage lender borrower debtor
house building property rent
salary pay wage job employer
cash money saving
compute calculate computed calculated formula
measure measured gauge
scatter fluctuation variation dispersion volatility swing volatile
wild turbulent stormy volatile nervous
calm quiet smooth steady stable
luck chance random coincidence
certain sure reliable trust confidence
proof prove significant evidence
deviate differ deviation difference tracking
index benchmark
forecast predict future expectation
prevent avoid guard protect
harm hurt damage
harmful bad downside negative
deep depth worst largest biggest maximum
peak high top
trough low bottom
restore rebalance rebalancing
trade trading transaction
expensive dear costly
retiree pension retire withdraw withdrawal
bitcoin crypto cryptocurrency token coin
commodity oil gold metal raw
appraise appraisal appraiser appraised
deposit inflow contribution
average mean
typical median usual
spread diversify diversification
percentage percent weight proportion fraction
quantity count number
recommend recommendation advice suggest advise
bankrupt insolvent default fail failure bust
asset holding position investment
outperform outperformance alpha beat
riskless risk-free
lopsided lopsidedness skewness skew asymmetric
tail extreme outlier
picture chart graph
curve frontier distribution
bunch cluster cluster
lasting duration length long
break-even recovery recover
correct adjust adjusted
dividend payout distribution
purchasing buys inflation
euro dollar currency exchange
interest rate yield
deviation error
hidden disguise closet
missing unavailable null
begin start first
park deposit
debt bond fixed-income
simulate simulation path
scenario disaster shock stress
equal same equally
putting allocate weight
sector industry
manager professional
correlated independent together move
spreadsheet excel
law legal sanction
amount sum total
untouched drift alone
pick picking select selection choose choice
sensitive sensitivity exposure react reaction depend
exaggerate amplify enlarge magnify multiply
probability chance likelihood odds
reproducible reproduce repeat seed
view opinion belief
round rounding whole
unstable instability jumpy fragile erratic sensitive
concentrate concentration pile extreme dominate
upload import feed provide
short narrow shorter narrower
window period span interval
software program package library tool
log logarithm logarithmic
invent fabricate hallucinate
precise precision digit accuracy accurate
backtest test validation validate
flatter optimistic rosy overstate
vanish disappear
weaken weak depreciate
strengthen appreciate
lock fix fixed
worth value
climb rise increase grow
purchasing-power real
bet decision position
expire maturity due
payment pay payout
bounce rebound recovery
sum add additive total
rare seldom rarely
often frequent frequently
cheap low-cost inexpensive
split divide
similar alike together
country nation national
employee staff employer
student household personal
timing time date
quick fast rapid
slow late delay lag
shape form distribution
model assumption theory
explain explanation reason cause
account portfolio
estimate estimation estimated
borrower debtor credit
bank broker counterparty
wage salary income
hedge hedging forward insure insurance
`
  .trim()
  .split('\n')
  .map((line) => line.split(' '));

/** Said in several words; what stands behind the arrow is looked for as well. */
const phrases: readonly (readonly [RegExp, string])[] = [
  [/\bbell curve\b|\bgaussian\b/i, 'normal distribution parametric'],
  [/\bexpected shortfall\b/i, 'cvar'],
  [/\bbreak[- ]even\b|\bget (?:it )?back\b|\bbe back\b/i, 'recovery recover'],
  [/\breward per\b/i, 'sharpe ratio'],
  [/\bper unit of (?:risk|volatility)\b/i, 'sharpe ratio'],
  [/\bworst fall\b|\bdeepest fall\b|\bbiggest (?:loss|fall)\b|\blargest fall\b/i, 'maximum drawdown'],
  [/\bfall from\b|\bbelow (?:its|the|a) (?:peak|high)\b/i, 'drawdown'],
  [/\bfixed[- ]income\b/i, 'bond'],
  [/\bpric(?:es|e level)\b.*\b(?:rise|rising|climb)|\bcost of living\b|\bprice increase\b/i, 'inflation'],
  [/\bgo(?:es)? bust\b/i, 'fail default'],
  [/\bdot-?com\b/i, '2000 2002'],
  [/\bfinancial crisis\b/i, '2008 2009'],
  [/\bpandemic\b|\bcovid\b/i, '2020'],
  [/\bshare counts?\b|\bnumber of shares\b/i, 'quantity'],
  [/\bat random\b|\bby luck\b/i, 'chance'],
  [/\btax office\b|\bowe .* tax\b/i, 'tax taxes'],
  [/\bmarket[- ]cap(?:italisation|italization)?\b/i, 'capitalisation'],
];

const alternatesOf = new Map<string, Set<string>>();
for (const group of groups) {
  const terms = group.flatMap((word) => tokenize(word).flatMap((part) => termOf(part) ?? []));
  for (const term of terms) {
    const known = alternatesOf.get(term) ?? new Set();
    for (const other of terms) if (other !== term) known.add(other);
    alternatesOf.set(term, known);
  }
}

const alternateWeight = 0.35;
const phraseWeight = 0.7;

/** One thing that a query asks for: a term and, with less weight, what others call it. */
export type Concept = readonly { readonly term: string; readonly weight: number }[];

export function conceptsOf(query: string): Concept[] {
  const own = [...new Set(tokenize(query).flatMap((word) => termOf(word) ?? []))];
  const implied = phrases.flatMap(([said, words]) => (said.test(query) ? words.split(' ') : []));
  const more = [...new Set(implied.flatMap((word) => termOf(word) ?? []))].filter((term) => !own.includes(term));
  return [
    ...own.map((term) => [
      { term, weight: 1 },
      ...[...(alternatesOf.get(term) ?? [])]
        .filter((other) => !own.includes(other))
        .map((other) => ({ term: other, weight: alternateWeight })),
    ]),
    ...more.map((term) => [{ term, weight: phraseWeight }]),
  ];
}
