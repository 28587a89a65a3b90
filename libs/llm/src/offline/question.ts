import type { SymbolMatch } from '@stocktool/contracts';
import { findHoldings, type FoundHolding } from './holdings';
import { portfolioNameIn } from './portfolio-name';
import { findOptimising, type Optimising } from './objective-words';
import { findPeriod, withoutSpans, type Period } from './period';
import { findMentions, unknownNames, type Mention } from './symbol-mentions';
import { findTrades, sizedByHoldings, type FoundTrades } from './trades';

export type Intent =
  | 'greeting'
  | 'thanks'
  | 'help'
  | 'portfolio'
  | 'what-if'
  | 'optimize'
  | 'my-portfolios'
  | 'alert'
  | 'correlation'
  | 'comparison'
  | 'risk'
  | 'history'
  | 'quote'
  | 'indicators'
  | 'cross'
  | 'forecast'
  | 'profile'
  | 'dividends'
  | 'financials'
  | 'earnings'
  | 'recommendations'
  | 'holders'
  | 'market-cap'
  | 'web-search'
  | 'news'
  | 'market'
  | 'indices'
  | 'definition'
  | 'unsupported'
  | 'unknown';

/** What a text asks for, as far as rules can tell. */
export interface Question {
  readonly intent: Intent;
  readonly text: string;
  readonly mentions: readonly Mention[];
  readonly unknownNames: readonly string[];
  readonly period: Period;
  readonly holdings: readonly FoundHolding[];
  /** Of a portfolio that the user keeps. */
  readonly portfolioName?: string;
  /** Of "what if I sell …": the holdings are then those outside of what is traded. */
  readonly trading?: FoundTrades;
  readonly optimising: Optimising;
  /** "… against the S&P 500": not one of the symbols asked about. */
  readonly benchmark?: string;
  readonly riskFreeRate?: number;
  /** "Should I buy …": answered with figures and the reminder that this is no advice. */
  readonly wantsAdvice: boolean;
  readonly refersBack: boolean;
}

const words = (list: string): RegExp => new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${list})(?![\p{L}\p{N}])`, 'iu');

const greeting = /^\s*(?:hi|hello|hey|good\s+(?:morning|afternoon|evening|day)|greetings)\b[\s\p{L},!.]{0,24}$/iu;
const thanks = /^\s*(?:thanks|thank\s+you|cheers|great|perfect|ok(?:ay)?|bye|goodbye)\b[\s\p{L},!.]{0,30}$/iu;
const help =
  /\b(?:what\s+can\s+you\s+(?:do|answer|help)|help(?:\s+me)?\s*[?!.]*$|how\s+do\s+(?:i|you)\s+use|who\s+are\s+you|what\s+are\s+you\b)/i;
const portfolio = words('portfolios?|allocations?|holdings|equal(?:ly)?[\\s-]+weighted|basket');
/** With a verb of trading in it: "what if I sell …", "the effect of buying …". */
const whatIf =
  /\bwhat\s+if\b|\bwhat\s+(?:would\s+)?happens?\b|\b(?:if|suppose|imagine)\s+(?:i|we)\b|\beffect\s+of\s+(?:selling|buying|adding|moving)\b|\b(?:how|what)\s+(?:would|does|will|do)\s+(?:selling|buying|adding|moving|trimming)\b/i;
const optimize = words(
  'optimi[sz](?:e|ed|ing|ation)|(?:best|optimal|ideal|which|what)\\s+(?:weights?|mix|allocation)|(?:best|optimal|ideal)\\s+portfolio|rebalanc(?:e|ing)|how\\s+(?:should|do)\\s+i\\s+(?:weight|split|allocate|divide)|efficient\\s+(?:portfolio|mix)|(?:risk\\s+parity|hrp|min(?:imum)?\\s+variance|max(?:imum)?\\s+(?:sharpe(?:\\s+ratio)?|diversification))(?:\\s+(?:portfolio|weights?|mix))?(?:\\s+(?:of|for|from))',
);
const alert = words(
  '(?:set|create|make|add|give\\s+me|i\\s+(?:want|need))\\s+(?:me\\s+)?(?:an?\\s+)?(?:price\\s+)?alerts?|(?:alert|notify|warn|ping|remind)\\s+me|let\\s+me\\s+know\\s+(?:when|if|once)|(?:my|the|show|list|which)\\s+(?:price\\s+)?alerts|tell\\s+me\\s+(?:when|if|once|as\\s+soon\\s+as)|price\\s+alerts?',
);
const startsWithAlert = /^\s*(?:set\s+|new\s+)?(?:price\s+)?alert\b/i;
const own = words(
  "my\\s+(?:portfolios|watch-?lists?|holdings|positions|shares)|(?:what|which)\\s+(?:(?:shares|stocks|companies|portfolios|watch-?lists)\\s+)?do\\s+i\\s+(?:own|hold|have|keep)|(?:(?:show|list|see)(?:\\s+me)?|what(?:'s|\\s+is)\\s+in|(?:value|worth)\\s+of|how\\s+much\\s+is)\\s+my\\s+(?:[\\p{L}\\p{N}]+\\s+){0,4}portfolio|my\\s+(?:[\\p{L}\\p{N}]+\\s+){0,4}portfolio(?:\\s+is)?\\s+worth|portfolio\\s+value",
);
const correlation = words('correlat\\w*|co-?move\\w*|move\\s+together|diversif(?:y|ies)\\s+(?:each|one)|in\\s+step');
const comparison = words(
  'compar\\w+|versus|vs\\.?|better|worse|best|riskier|safer|(?:more|less|most|least)\\s+(?:risky|volatile|safe)|than|difference\\s+between|which\\s+(?:one|of)|or',
);
const risk = words(
  'risks?|risky|riskier|riskiest|safer?|safest|volatil\\w*|value[\\s-]+at[\\s-]+risk|c?var|expected\\s+shortfall|drawdowns?|beta|alpha|sharpe|sortino|tracking\\s+error|information\\s+ratio|r-?squared|downside|standard\\s+deviation|dangerous|stable|swings?|tail',
);
const history = words(
  'perform\\w*|returns?|returned|histor\\w+|did|done|grow\\w*|grew|gain\\w*|los[est]+\\w*|rise|rose|risen|fell|fall\\w*|drop\\w*|chart|trends?|highs?|lows?|highest|lowest|peaks?|cagr|best\\s+day|worst\\s+day|over\\s+time|growth',
);
const quote = words(
  'price\\w*|quotes?|quoted|trad(?:e|es|ing)|worth|costs?|how\\s+much\\s+(?:is|are|does)|close[ds]?|closing|at\\s+now|stands?|level',
);
const definition =
  /(?:^|[.!?]\s*)\s*(?:(?:so|and|ok|please)[\s,]+)?(?:what(?:'s|\s+is|\s+are|\s+does|\s+do)|explain|define|describe|tell\s+me\s+(?:about|what)|meaning\s+of|how\s+(?:is|are|do(?:es)?|can|to|should)|why\s+(?:is|are|do(?:es)?|should)|when\s+(?:is|should)|difference\s+between|what's\s+the)\b/i;
const financialTerms = words(
  'c?var|value|risks?|volatil\\w*|variance|ratios?|beta|alpha|sharpe|sortino|calmar|omega|drawdowns?|diversif\\w*|correlat\\w*|bonds?|stocks?|shares?|equit\\w+|funds?|etfs?|index\\w*|options?|dividends?|returns?|portfolios?|invest\\w*|markets?|asset\\w*|inflation|interest|yield\\w*|momentum|hedg\\w*|leverage|rebalanc\\w*|allocation|strateg\\w*|benchmarks?|tracking|compound\\w*|cagr|shortfall|skewness|kurtosis|monte|optimi[sz]\\w*|frontier|parity|factor\\w*|liquidity|currency|commodit\\w*|gold|cash|analys\\w+|reports?|metrics?|standard|deviation|ulcer|stress|attribution|tax\\w*|cost\\s+averaging|macd|rsi|moving\\s+averages?|bollinger|golden\\s+cross|death\\s+cross|indicators?|forecast\\w*',
);
const unsupported = words('p/?e|ceo\\s+of|insider\\w*|target');
const recommendations = words(
  'analysts?(?!\\s+report)|(?:analyst|broker)\\s+ratings?|recommendations?|(?:strong\\s+)?(?:buy|sell|hold)\\s+ratings?',
);
const holders = words(
  'institutional|institutions|(?:largest|biggest|main|major|top)\\s+(?:share\\s?)?(?:holders|owners)|shareholders?|stakeholders|who\\s+(?:owns|holds)',
);
const marketCap = words(
  'market[\\s-]+cap\\w*|capitali[sz]ation|market\\s+value|shares\\s+outstanding|how\\s+(?:big|large)\\s+is|how\\s+many\\s+shares\\s+(?:does|has)',
);
const earnings = words(
  'earnings|eps|beat(?:en)?\\s+(?:expectations|estimates)|(?:next|last)\\s+(?:report|results)|profit\\s+per\\s+share|(?:did|does)\\s+(?!(?:i|we)\\s)(?:[\\p{L}\\p{N}.&]+\\s+){1,4}earn',
);
const webSearch =
  /^\s*(?:please\s+|can\s+you\s+|could\s+you\s+)?(?:(?:search|look|browse)\s+(?:(?:the\s+)?(?:web|internet)|online|it\s+up\s+online)|google|(?:search|look)\s+(?:up\s+)?(?:on\s+)?the\s+(?:web|internet)|web\s+search)\b|\b(?:on\s+the\s+(?:web|internet)|online)\s*[?.!]*\s*$/i;
const news = words('news|headlines?|stories');
const dividends = words('dividends?|splits?|payouts?');
const financials = words(
  'balance\\s+sheet|revenues?|net\\s+income|cash\\s+flows?|financials|financial\\s+statements?|income\\s+statement',
);
const profile = words('profile|sector|industry|employees|what\\s+does\\s+.+\\s+(?:do|make|sell)|headquarter\\w*');
const market = words(
  'market\\s+(?:summary|overview|today)|(?:top\\s+)?(?:gainers|losers|movers)|how\\s+(?:is|are)\\s+the\\s+(?:stock\\s+)?markets?',
);
const indices = words('(?:major|main|market|stock)\\s+(?:indices|indexes)');
const cross = words('(?:golden|death)\\s+cross(?:es)?');
const indicators = words(
  'rsi|macd|sma|ema|adx|atr|obv|moving\\s+averages?|bollinger|stochastics?|on[\\s-]+balance\\s+volume|relative\\s+strength|directional\\s+index|true\\s+range|technicals?|indicators?|overbought|oversold',
);
const forecast = words(
  'forecast\\w*|predict\\w*|(?:next|coming|upcoming)\\s+(?:\\d+\\s+)?(?:day|week|month|quarter|year)s?|tomorrow|will',
);
const advice = words('should\\s+(?:i|we)|buy|sell|invest\\s+in|good\\s+(?:investment|buy)|worth\\s+buying|recommend');
const backward = words('it|its|that|this|them|their|they|those|these|the\\s+(?:same|stock|company|other|first|second)');

const benchmarkBefore =
  /(?:against|versus|vs\.?|relative\s+to|compared\s+(?:to|with)|benchmark(?:ed)?(?:\s+(?:is|to|against))?|to)\s+(?:the\s+)?$/i;
const riskFree = /risk[\s-]?free(?:\s+rate)?(?:\s+(?:of|is|at|=))?\s*(\d+(?:\.\d+)?)\s*(%|percent)/i;

export function readQuestion(text: string, universe: readonly SymbolMatch[], today: string): Question {
  const rate = riskFree.exec(text);
  const period = findPeriod(text, today);
  const plain = withoutSpans(text, [...period.spans, ...(rate ? [spanOf(rate)] : [])]);
  const all = findMentions(plain, universe);
  const others = all.filter(({ isIndex }) => !isIndex);
  const against = all.find(({ isIndex, start }) => isIndex && benchmarkBefore.test(plain.slice(0, start)));
  const asBenchmark = others.length > 0 && !correlation.test(plain) ? against : undefined;
  const mentions = distinct(all.filter((one) => one !== asBenchmark));
  const optimising = findOptimising(plain);
  const trading = whatIf.test(plain) ? findTrades(plain, all) : undefined;
  const isTrading = trading !== undefined && trading.spans.length > 0;
  const outside = isTrading ? all.filter((one) => trading.spans.every(([start, end]) => one.end <= start || one.start >= end)) : mentions; // prettier-ignore
  const spans = [...(isTrading ? trading.spans : []), ...(optimize.test(plain) ? optimising.spans : [])];
  const holdings = findHoldings(withoutSpans(plain, spans), distinct(outside));
  const portfolioName = portfolioNameIn(plain);
  return {
    intent: isTrading ? 'what-if' : intentOf(plain, { mentions, holdings, period }),
    text,
    mentions,
    unknownNames: unknownNames(plain, all).filter((name) => !portfolioName?.includes(name)),
    period,
    holdings,
    ...(portfolioName !== undefined && { portfolioName }),
    ...(isTrading && { trading: sizedByHoldings(trading, holdings) }),
    optimising: optimising.asked,
    ...(asBenchmark && { benchmark: asBenchmark.symbol }),
    ...(rate && { riskFreeRate: Number((Number(rate[1]) / 100).toFixed(9)) }),
    wantsAdvice: advice.test(plain),
    refersBack: backward.test(plain),
  };
}

const spanOf = (match: RegExpExecArray): readonly [number, number] => [match.index, match.index + match[0].length];

const distinct = (mentions: readonly Mention[]): Mention[] =>
  mentions.filter(({ symbol }, i) => mentions.findIndex((other) => other.symbol === symbol) === i);

type Findings = Pick<Question, 'mentions' | 'holdings' | 'period'>;

/** The first rule that fits; the order is the meaning: "risk of 60% AAPL, 40% MSFT" is about a portfolio, not about risk alone. */
function intentOf(text: string, { mentions, holdings, period }: Findings): Intent {
  if (greeting.test(text)) return 'greeting';
  if (thanks.test(text)) return 'thanks';
  if (help.test(text)) return 'help';
  if (alert.test(text) || startsWithAlert.test(text)) return 'alert';
  if (webSearch.test(text)) return 'web-search';
  if (mentions.length === 0) {
    if (market.test(text)) return 'market';
    if (indices.test(text)) return 'indices';
    if (own.test(text)) return 'my-portfolios';
    if (definition.test(text) && financialTerms.test(text)) return 'definition';
    if (optimize.test(text)) return 'optimize';
    if (portfolio.test(text)) return 'portfolio';
    if (correlation.test(text)) return 'correlation';
    if (unsupported.test(text)) return 'unsupported';
    const asked = companyIntent(text);
    if (asked) return asked;
    if (cross.test(text)) return 'cross';
    if (indicators.test(text)) return 'indicators';
    if (forecast.test(text)) return 'forecast';
    if (risk.test(text)) return 'risk';
    if (quote.test(text)) return 'quote';
    if (history.test(text)) return 'history';
    return financialTerms.test(text) ? 'definition' : 'unknown';
  }
  // "The market" names the S&P 500 too: alone and of no period it is the whole.
  if (market.test(text) && period.from === undefined && mentions.every(({ isIndex }) => isIndex)) return 'market';
  if (optimize.test(text)) return 'optimize';
  if (holdings.length > 0 && (holdings.length > 1 || portfolio.test(text))) return 'portfolio';
  if (correlation.test(text)) return 'correlation';
  if (portfolio.test(text)) return 'portfolio';
  if (unsupported.test(text) && !risk.test(text)) return 'unsupported';
  const asked = companyIntent(text);
  if (asked && !risk.test(text)) return asked;
  if (cross.test(text)) return 'cross';
  if (indicators.test(text)) return 'indicators';
  if (forecast.test(text)) return 'forecast';
  if (mentions.length > 1 && comparison.test(text) && !(quote.test(text) && !risk.test(text))) return 'comparison';
  if (risk.test(text)) return 'risk';
  const dated = period.from !== undefined || period.to !== undefined;
  if (quote.test(text) && !dated) return 'quote';
  if (history.test(text) || dated) return 'history';
  return advice.test(text) ? 'risk' : 'quote';
}

function companyIntent(text: string): Intent | undefined {
  if (recommendations.test(text)) return 'recommendations';
  if (holders.test(text)) return 'holders';
  if (marketCap.test(text)) return 'market-cap';
  if (earnings.test(text)) return 'earnings';
  if (news.test(text)) return 'news';
  if (dividends.test(text)) return 'dividends';
  if (financials.test(text)) return 'financials';
  return profile.test(text) ? 'profile' : undefined;
}
