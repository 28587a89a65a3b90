import type { ChatToolResult } from '@stocktool/contracts';
import { count, listed, money, percentPoints } from '../figures';

type Titled = (symbol: string) => string;
type Move = ChatToolResult<'get_market_indices'>['indices'][number];

const shownPayments = 4;
const shownPeriods = 2;
const shownStories = 5;

export function profileAnswer(profile: ChatToolResult<'get_company_profile'>): string {
  const { symbol, name, kind, exchange, country, sector, industry, employees, marketCap, currency, description } =
    profile;
  const facts = [
    `- Kind: ${kind}`,
    sector !== null && `- Sector: ${sector}${industry === null ? '' : `, ${industry}`}`,
    country !== null && `- Country: ${country}`,
    exchange !== null && `- Exchange: ${exchange}`,
    employees !== null && `- Employees: ${count(employees)}`,
    marketCap !== null && `- Market value: ${currency === null ? count(marketCap) : money(marketCap, currency)}`,
  ];
  return [`**${name} (${symbol})**`, ...facts, description].filter(Boolean).join('\n');
}

export function dividendsAnswer(
  { symbol, currency, total, dividends, splits }: ChatToolResult<'get_dividends_splits'>,
  titled: Titled,
): string {
  if (total === 0 && splits.length === 0) return `**${titled(symbol)}** has no dividends and no splits on record.`;
  const paid = dividends
    .slice(0, shownPayments)
    .map(({ exDate, amount }) => `- ${exDate}: ${currency === null ? String(amount) : money(amount, currency)}`);
  const split = splits.map(({ date, numerator, denominator }) => `${numerator} for ${denominator} on ${date}`);
  return [
    paid.length > 0
      ? `**${titled(symbol)}**, latest dividends for one share:`
      : `**${titled(symbol)}** has no dividends on record.`,
    ...paid,
    split.length > 0 && `Splits: ${listed(split)}.`,
  ]
    .filter(Boolean)
    .join('\n');
}

export function financialsAnswer(
  { symbol, currency, annual, quarterly }: ChatToolResult<'get_financials'>,
  titled: Titled,
): string {
  const amount = (value: number | null) =>
    value === null ? 'n/a' : currency === null ? String(value) : money(value, currency);
  const line = (what: string) => (statement: (typeof annual)[number]) => {
    const { periodEnd, revenue, netIncome, eps, freeCashFlow } = statement;
    const figures = `revenue ${amount(revenue)}, net income ${amount(netIncome)}, per share ${amount(eps)}`;
    return `- ${what} to ${periodEnd}: ${figures}, free cash flow ${amount(freeCashFlow)}`;
  };
  const lines = [
    ...annual.slice(0, shownPeriods).map(line('Year')),
    ...quarterly.slice(0, shownPeriods).map(line('Quarter')),
  ];
  if (lines.length === 0) return `There are no reports of **${titled(symbol)}** on record.`;
  return [`**${titled(symbol)}** reported:`, ...lines].join('\n');
}

export function earningsAnswer({ symbol, items }: ChatToolResult<'get_earnings'>, titled: Titled): string {
  const figure = (value: number | null) => (value === null ? 'n/a' : String(value));
  const lines = items
    .slice(0, shownPayments)
    .map(({ date, epsActual, epsEstimate }) =>
      epsActual === null
        ? `- ${date}: to come, expected ${figure(epsEstimate)}`
        : `- ${date}: ${figure(epsActual)}, expected ${figure(epsEstimate)}`,
    );
  if (lines.length === 0) return `There are no earnings of **${titled(symbol)}** on record.`;
  return [`Earnings of **${titled(symbol)}** for one share:`, ...lines].join('\n');
}

export function recommendationsAnswer(
  { symbol, items }: ChatToolResult<'get_analyst_recommendations'>,
  titled: Titled,
): string {
  const lines = items.slice(0, shownPeriods).map(({ month, strongBuy, buy, hold, sell, strongSell }) => {
    return `- ${month}: strong buy ${strongBuy}, buy ${buy}, hold ${hold}, sell ${sell}, strong sell ${strongSell}`;
  });
  if (lines.length === 0) return `There are no recommendations about **${titled(symbol)}** on record.`;
  return [`What analysts say about **${titled(symbol)}**:`, ...lines].join('\n');
}

export function holdersAnswer({ symbol, items }: ChatToolResult<'get_institutional_holders'>, titled: Titled): string {
  const lines = items
    .slice(0, shownStories)
    .map(({ name, shares, reportedAt }) => `- ${name}: ${count(shares)} shares, reported ${reportedAt}`);
  if (lines.length === 0) return `There are no institutional holders of **${titled(symbol)}** on record.`;
  return [`The largest institutional holders of **${titled(symbol)}**:`, ...lines].join('\n');
}

export function marketCapAnswer(
  { symbol, currency, marketCap, sharesOutstanding, sizeClass }: ChatToolResult<'get_market_cap_details'>,
  titled: Titled,
): string {
  if (marketCap === null) return `The market value of **${titled(symbol)}** is not on record.`;
  const value = currency === null ? count(marketCap) : money(marketCap, currency);
  return [
    `**${titled(symbol)}** is valued at ${value}${sizeClass === null ? '' : `, a ${sizeClass} capitalisation`}.`,
    sharesOutstanding !== null && `It has ${count(sharesOutstanding)} shares.`,
  ]
    .filter(Boolean)
    .join(' ');
}

export function newsAnswer({ symbol, items, unavailable }: ChatToolResult<'get_news'>, titled: Titled): string {
  const missing = unavailable.length > 0 ? `Not every source could be asked: ${listed(unavailable)}.` : '';
  const stories = items
    .slice(0, shownStories)
    .map(
      ({ title, publisher, publishedAt, sentiment, url }) =>
        `- ${publishedAt.slice(0, 10)}, ${publisher}: ${title} (tone ${sentiment.label}) ${url}`,
    );
  const head =
    stories.length === 0
      ? `There is no news about **${titled(symbol)}**.`
      : `News about **${titled(symbol)}**; the tone is that of the words, found by a lexicon:`;
  return [head, ...stories, missing].filter(Boolean).join('\n');
}

export function indicesAnswer({ indices, asOf }: ChatToolResult<'get_market_indices'>): string {
  if (indices.length === 0) return 'The source lists no index.';
  return [`Indices, latest on ${asOf.slice(0, 10)}:`, ...indices.map(moveLine)].join('\n');
}

export function summaryAnswer(summary: ChatToolResult<'get_market_summary'>): string {
  const { indices, gainers, losers, asOf, session } = summary;
  const part = (title: string, moves: readonly Move[]) =>
    moves.length > 0 ? [`${title}:`, ...moves.map(moveLine)] : [];
  return [
    `The market on ${asOf.slice(0, 10)}; by the clock of the data the exchanges are ${session}.`,
    ...part('Indices', indices),
    ...part('Largest gains', gainers),
    ...part('Largest losses', losers),
  ].join('\n');
}

function moveLine({ symbol, price, currency, changePercent }: Move): string {
  const value = symbol.startsWith('^') ? money(price, '').trim() : money(price, currency);
  if (changePercent === null) return `- ${symbol} ${value}`;
  return `- ${symbol} ${value}, ${changePercent < 0 ? 'down' : 'up'} ${percentPoints(changePercent)}`;
}
