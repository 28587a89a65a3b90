import type { ChatToolName } from '@stocktool/contracts';
import { findAlert } from './alert-words';
import { describePeriod } from './period-words';
import { isOwnPortfolio } from './portfolio-name';
import { daysAhead, indicatorNames } from './technical-words';
import type { Question } from './question';
import { percent, listed } from './figures';

export interface PlannedCall {
  readonly name: ChatToolName;
  readonly args: Readonly<Record<string, unknown>>;
}

/** Either tools to ask first, or something to say at once: a greeting, or a question back. */
export type Plan = { readonly calls: readonly PlannedCall[] } | { readonly say: string };

const symbolsAtOnce = 5;
const weightTolerance = 1e-6;

export const capabilities = [
  'I can look up and compute things about companies, funds and indexes, for example:',
  '- **a price**: "What is the price of Apple?", "MSFT on 2015-03-02"',
  '- **how something did**: "How did Coca-Cola do since 2010?", "Exxon in 2020"',
  '- **risk**: "How risky is AMD?", "value at risk of JPM over the last five years"',
  '- **a comparison**: "Is Pepsi safer than Coke since 2015?"',
  '- **correlation**: "How correlated are AAPL, MSFT and XOM?"',
  '- **indicators**: "RSI and MACD of Apple", "Has IBM had a golden cross since 2005?"',
  '- **a forecast**, with what it is worth: "Where will KO be next week?"',
  '- **the market**: "How is the market?", and of a company, where a source is configured: news, dividends, accounts, earnings, what analysts say, holders, market value, profile',
  '- **a portfolio**: "Analyse half Apple, half Microsoft since 2014", with weights in percent or numbers of shares',
  '- **what if**: "What if I sell half of my Apple?", of holdings that you name or of a portfolio that you keep here',
  '- **an alert**: "Set a price alert for Apple"; it is set after you have said yes',
  '- **what you keep here**: "Show my portfolios and watchlists"',
  '- **an optimum**: "Optimise AAPL, KO and XOM for minimum variance"',
  '- **what a term means**: "What is expected shortfall?"',
].join('\n');

const introduction = 'Hello! I am the offline assistant of StockTool: I answer by rules, from its data only.';

export function planFor(question: Question): Plan {
  const { mentions, text } = question;
  const symbols = mentions.map(({ symbol }) => symbol).slice(0, symbolsAtOnce);
  const range = rangeOf(question);
  const settings = settingsOf(question);
  const each = (name: ChatToolName, args: object) => ({
    calls: symbols.map((symbol) => ({ name, args: { symbol, ...args } })),
  });

  switch (question.intent) {
    case 'greeting':
      return { say: `${introduction} ${capabilities}` };
    case 'thanks':
      return { say: 'You are welcome. Ask on whenever you like.' };
    case 'help':
      return { say: `${introduction} ${capabilities}` };
    case 'unknown':
      return { say: unknownName(question) ?? `I did not understand that. ${capabilities}` };
    case 'unsupported':
      return { say: unsupportedReply(question) };
    case 'definition':
      return { calls: [{ name: 'search_knowledge', args: { query: topicOf(text) } }] };
    case 'portfolio':
      return planPortfolio(question);
    case 'my-portfolios':
      return { calls: [{ name: 'get_my_portfolios', args: knownAt(question) }] };
    case 'alert':
      return planAlert(question);
    case 'what-if':
      return planWhatIf(question);
    case 'optimize':
      return planOptimize(question);
    case 'correlation':
      if (mentions.length < 2) return { say: askForSecond(question) };
      return {
        calls: [
          {
            name: 'calculate_correlation',
            args: { symbols: mentions.map(({ symbol }) => symbol).slice(0, 20), ...range },
          },
        ],
      };
    case 'quote':
      if (symbols.length === 0) return { say: askForSymbol(question, 'the price') };
      return each('get_stock_quote', question.period.on ? { asOf: question.period.on } : {});
    case 'news':
      if (symbols.length === 0) return { say: askForSymbol(question, 'news') };
      return each('get_news', knownAt(question));
    case 'dividends':
      if (symbols.length === 0) return { say: askForSymbol(question, 'dividends') };
      return each('get_dividends_splits', knownAt(question));
    case 'earnings':
      if (symbols.length === 0) return { say: askForSymbol(question, 'the earnings') };
      return each('get_earnings', knownAt(question));
    case 'recommendations':
      if (symbols.length === 0) return { say: askForSymbol(question, 'what analysts say') };
      return each('get_analyst_recommendations', knownAt(question));
    case 'holders':
      if (symbols.length === 0) return { say: askForSymbol(question, 'the largest holders') };
      return each('get_institutional_holders', knownAt(question));
    case 'market-cap':
      if (symbols.length === 0) return { say: askForSymbol(question, 'the market value') };
      return each('get_market_cap_details', knownAt(question));
    case 'web-search': {
      const query = webQuery(text);
      return query === '' ? { say: 'What shall I search the web for?' } : { calls: [{ name: 'web_search', args: { query, ...knownAt(question) } }] }; // prettier-ignore
    }
    case 'financials':
      if (symbols.length === 0) return { say: askForSymbol(question, 'the accounts') };
      return each('get_financials', knownAt(question));
    case 'profile':
      if (symbols.length === 0) return { say: askForSymbol(question, 'a profile') };
      return each('get_company_profile', knownAt(question));
    case 'market':
      return { calls: [{ name: 'get_market_summary', args: knownAt(question) }] };
    case 'indices':
      return { calls: [{ name: 'get_market_indices', args: knownAt(question) }] };
    case 'history':
      if (symbols.length === 0) return { say: askForSymbol(question, 'the performance') };
      return each('get_historical_prices', range);
    case 'risk':
      if (symbols.length === 0) return { say: askForSymbol(question, 'the risk') };
      return each('get_risk_assessment', { ...range, ...settings });
    case 'indicators': {
      if (symbols.length === 0) return { say: askForSymbol(question, 'indicators') };
      const names = indicatorNames(text);
      return each('get_technical_indicators', { ...(names.length > 0 && { names }), ...knownAt(question) });
    }
    case 'cross':
      if (symbols.length === 0) return { say: askForSymbol(question, 'the crosses') };
      return each('check_golden_cross', range);
    case 'forecast': {
      if (symbols.length === 0) return { say: askForSymbol(question, 'a forecast') };
      const days = daysAhead(text);
      if (days === 'too far') return { say: tooFar };
      return each('forecast_price', { ...(days !== undefined && { days }), ...knownAt(question) });
    }
    case 'comparison': {
      const risks = each('get_risk_assessment', { ...range, ...settings }).calls;
      return { calls: [...risks, { name: 'calculate_correlation', args: { symbols, ...range } }] };
    }
  }
}

const rangeOf = ({ period: { from, to, on } }: Question) => ({
  ...(from !== undefined && { from }),
  ...((to ?? on) !== undefined && { to: to ?? on }),
});

const settingsOf = ({ benchmark, riskFreeRate }: Question) => ({
  ...(benchmark && { benchmark }),
  ...(riskFreeRate !== undefined && { riskFreeRate }),
});

const knownAt = ({ period: { to, on } }: Question) => ((on ?? to) !== undefined ? { asOf: on ?? to } : {});

const tooFar =
  'I do not predict prices that far: at most sixty trading days ahead, and only where a model has been better than a random walk on the past. Ask for the next week or the next month.';

function planPortfolio(question: Question): Plan {
  const { holdings, mentions, portfolioName } = question;
  const missing = mentions.filter(({ symbol }) => holdings.every((holding) => holding.symbol !== symbol));
  const isKept = portfolioName !== undefined || (question.unknownNames.length === 0 && isOwnPortfolio(question.text));
  if (mentions.length === 0 && holdings.length === 0 && isKept) {
    const kept = portfolioName === undefined ? {} : { portfolio: portfolioName };
    return { calls: [{ name: 'analyze_portfolio', args: { ...kept, ...rangeOf(question), ...settingsOf(question) } }] };
  }
  if (mentions.length === 0)
    return {
      say:
        unknownName(question) ??
        'Which holdings? Name them with weights or quantities, such as "half Apple, half Microsoft", in percent or in shares.',
    };
  if (holdings.length === 0 || missing.length > 0) {
    const names = listed((missing.length > 0 ? missing : mentions).map(({ symbol }) => symbol));
    return {
      say: `How much of ${names}? Give each a weight in percent or a number of shares, or say "equally weighted".`,
    };
  }
  const fault = faultIn(holdings);
  if (fault !== undefined) return { say: fault };
  return { calls: [{ name: 'analyze_portfolio', args: { holdings, ...rangeOf(question), ...settingsOf(question) } }] };
}

/** Why what was said is no portfolio, as a question back. */
function faultIn(holdings: Question['holdings']): string | undefined {
  if (holdings.some(({ quantity }) => quantity === 0)) return 'A holding of no shares is none: please leave it out.';
  const weighted = holdings.filter(({ weight }) => weight !== undefined);
  if (weighted.length > 0 && weighted.length < holdings.length)
    return 'Please give all holdings by weight or all by number of shares: a mixture has no defined total.';
  const sum = weighted.reduce((total, { weight }) => total + (weight ?? 0), 0);
  if (weighted.length > 0 && Math.abs(sum - 1) > weightTolerance) {
    const given = listed(weighted.map(({ symbol, weight }) => `${symbol} ${percent(weight ?? null)}`));
    return `These weights do not add up to the whole portfolio: ${given}. What are the right ones?`;
  }
  return undefined;
}

function planWhatIf(question: Question): Plan {
  const { trading, holdings, portfolioName } = question;
  const [unsized] = trading?.withoutSize ?? [];
  if (unsized !== undefined)
    return {
      say: `How much of ${unsized} would you buy? Give a number of shares, an amount of money or a percentage.`,
    };
  const trades = trading?.trades ?? [];
  if (trades.length === 0)
    return { say: unknownName(question) ?? 'What would you buy or sell? For example "sell half of my Apple".' };
  const fault = holdings.length > 0 ? faultIn(holdings) : undefined;
  if (fault !== undefined) return { say: fault };
  const held = holdings.length > 0 ? { holdings } : portfolioName === undefined ? {} : { portfolio: portfolioName };
  return { calls: [{ name: 'what_if', args: { ...held, trades, ...rangeOf(question), ...settingsOf(question) } }] };
}

/** Among holdings, or symbols alone, or in a portfolio that the user keeps. */
function planOptimize(question: Question): Plan {
  const { optimising, holdings, mentions, portfolioName } = question;
  const fault = holdings.length > 0 ? faultIn(holdings) : undefined;
  if (fault !== undefined) return { say: fault };
  const [only, another] = mentions;
  if (holdings.length === 0 && only && !another)
    return { say: unknownName(question) ?? `${only.symbol} and what else? An optimum needs at least two symbols.` };
  if (mentions.length === 0 && question.unknownNames.length > 0 && portfolioName === undefined)
    return { say: unknownName(question) ?? '' };
  const held =
    holdings.length > 0
      ? { holdings }
      : only
        ? { symbols: mentions.map(({ symbol }) => symbol).slice(0, 20) }
        : portfolioName === undefined
          ? {}
          : { portfolio: portfolioName };
  const args = { ...held, ...optimising, ...rangeOf(question), ...settingsOf(question) };
  return { calls: [{ name: 'optimize_portfolio', args }] };
}

function planAlert(question: Question): Plan {
  const [only, another] = question.mentions;
  if (!only && /\balerts\b/i.test(question.text))
    return { say: 'I can set an alert, one at a time; the API lists and deletes those there are.' };
  if (!only) return { say: askForSymbol(question, 'an alert') };
  if (another) return { say: `One at a time, please: an alert on ${only.symbol} or on ${another.symbol}?` };
  const conditions = findAlert(question.text);
  if (Object.keys(conditions).length === 0)
    return {
      say: `At which price of ${only.symbol}? Say above or below which price, or by how many percent it should move.`,
    };
  return { calls: [{ name: 'set_price_alert', args: { symbol: only.symbol, ...conditions } }] };
}

function unknownName({ unknownNames }: Question): string | undefined {
  if (unknownNames.length === 0) return undefined;
  return `I know no symbol for ${listed(unknownNames.map((name) => `"${name}"`))}. If you know the symbol, give it in capitals, such as AAPL.`;
}

const askForSymbol = (question: Question, what: string): string =>
  unknownName(question) ??
  `For which company, fund or index would you like ${what}${describePeriod(question.period)}? A name ("Apple") or a symbol ("AAPL") will do.`;

function askForSecond(question: Question): string {
  const [only] = question.mentions;
  if (!only) return unknownName(question) ?? 'Which symbols? Name at least two, such as "AAPL and MSFT".';
  return unknownName(question) ?? `${only.symbol} and what else? A correlation needs at least two symbols.`;
}

/** For what no tool answers, or none that is offered. */
export function unsupportedReply({ mentions }: Question): string {
  const what = 'I have no source for that here.';
  const names = listed(mentions.map(({ symbol }) => symbol));
  const offer = names
    ? ` What I can tell of ${names} is the price, how it did over a period, and how risky it was.`
    : ` ${capabilities}`;
  return what + offer;
}

/** The words that carry the topic: "what is value at risk?" → "value at risk". */
function topicOf(text: string): string {
  const topic = text
    .replace(/^\s*(?:(?:so|and|ok|please|can\s+you|could\s+you)[\s,]+)*/i, '')
    .replace(
      /^(?:what(?:'s|\s+is|\s+are|\s+does|\s+do)|explain(?:\s+to\s+me)?|define|describe|tell\s+me\s+(?:about|what)|meaning\s+of|the\s+meaning\s+of)\s+/i,
      '',
    )
    .replace(/^(?:an?|the)\s+/i, '')
    .replace(/(?:\s+(?:means?|stands?\s+for))?[\s?!.]*$/i, '')
    .trim();
  return (topic === '' ? text.trim() : topic).slice(0, 400);
}

/** What is to be searched for: the text without the words that say where. */
function webQuery(text: string): string {
  return text
    .replace(
      /^\s*(?:please\s+|can\s+you\s+|could\s+you\s+)?(?:(?:search|look|browse)\s+(?:up\s+)?(?:(?:on\s+)?(?:the\s+)?(?:web|internet)|online)|google|web\s+search)(?:\s+(?:for|about))?\b/i,
      '',
    )
    .replace(/\b(?:on\s+the\s+(?:web|internet)|online)\s*[?.!]*\s*$/i, '')
    .replace(/[\s?.!:]+$/, '')
    .replace(/^[\s:]+/, '')
    .slice(0, 300);
}
