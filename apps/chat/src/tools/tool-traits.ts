import type { ChatToolName } from '@stocktool/contracts';
import { z } from 'zod';

interface ToolTraits {
  /** What making a call again does: it runs, or reads what the first one began, or costs money, or would change something (never). */
  readonly repeated: 'runs' | 'reads' | 'costs' | 'never';
  /** Whether its results hold text that neither we nor the user wrote. */
  readonly texts: 'ours' | 'of vendors' | 'of anybody';
  /** How users ask for it: after a text of others has been read, only what they asked for is run. */
  readonly askedBy: RegExp;
}

const traits = (
  askedBy: string,
  texts: ToolTraits['texts'] = 'ours',
  repeated: ToolTraits['repeated'] = 'runs',
): ToolTraits => ({ repeated, texts, askedBy: new RegExp(String.raw`\b(?:${askedBy})`, 'i') });

const byTool: { readonly [Name in ChatToolName]: ToolTraits } = {
  get_stock_quote: traits(String.raw`pric|quot|worth|trad|cost|clos|level|stand|expensive|cheap|how much`),
  get_historical_prices: traits(
    String.raw`perform|return|histor|did|done|do(?:es|ing)?\b|gr[eo]w|gain|los[st]|r[io]se|f[ae]ll|drop|chart|trend|high|low|since|year|month|week|period|move`,
  ),
  get_risk_assessment: traits(
    String.raw`risk|volatil|saf|var\b|value at|shortfall|drawdown|beta|alpha|sharpe|sortino|danger|stable|swing|compar|better|worse|than\b`,
  ),
  calculate_correlation: traits(String.raw`correlat|together|diversif|in step|compar|relat`),
  analyze_portfolio: traits(String.raw`portfolio|holding|allocation|analy[sz]|weight|shares`, 'ours', 'reads'),
  what_if: traits(String.raw`what if|would|sell|sold|buy|bought|swap|add|trim|double|halve|instead`),
  optimize_portfolio: traits(String.raw`optimi|best|better|weight|allocat|frontier|parity|rebalanc|improve`),
  get_my_portfolios: traits(String.raw`portfolios?|watchlist|holdings?|positions?|(?:i|we) (?:own|hold|have)\b`),
  set_price_alert: traits(String.raw`alert|notif|remind|warn|tell me (?:when|if)|let me know`, 'ours', 'never'),
  get_technical_indicators: traits(
    String.raw`rsi|macd|average|sma|ema|bollinger|indicator|technical|over(?:bought|sold)|atr|adx|stochastic|obv|momentum`,
  ),
  check_golden_cross: traits(String.raw`golden|death|cross`),
  forecast_price: traits(String.raw`forecast|predict|next|tomorrow|will\b|expect|outlook|future|go(?:es|ing)?\b`),
  get_company_profile: traits(
    String.raw`profile|sector|industry|who|what|employees|compan|business|about`,
    'of vendors',
  ),
  get_dividends_splits: traits(String.raw`dividend|split|pay|yield|income`),
  get_financials: traits(String.raw`financ|revenue|earn|balance|cash|income|account|profit|margin|debt|report`),
  get_earnings: traits(String.raw`earn|eps|surprise|report|profit`),
  get_analyst_recommendations: traits(String.raw`analyst|recommend|rating|buy|sell|hold`),
  get_institutional_holders: traits(String.raw`holder|own|institution|investor|hold`, 'of vendors'),
  get_market_cap_details: traits(String.raw`cap|worth|valu|size|shares|big`),
  get_news: traits(String.raw`news|headline|stor(?:y|ies)|happen|say|said|press`, 'of anybody'),
  web_search: traits(
    String.raw`search|web\b|internet|online|latest|news|find|look|google|site|recent|current`,
    'of anybody',
    'costs',
  ),
  get_market_indices: traits(String.raw`ind(?:ex|ices)|market`),
  get_market_summary: traits(String.raw`market|gainer|loser|mover|summary`),
  search_knowledge: traits(
    String.raw`what|explain|defin|mean|document|file|note|report|page|say|read|how|why|tell|find|look|search|summar`,
    'of anybody',
  ),
};

/** Of a tool that is not known nothing is known. */
export const traitsOf = (name: string): ToolTraits | undefined =>
  Object.hasOwn(byTool, name) ? byTool[name as ChatToolName] : undefined;

const Sourced = z.looseObject({ source: z.string().optional() });
const Found = z.looseObject({ items: z.array(z.looseObject({ documentId: z.string().optional() })).optional() });

/** Whether somebody else may have written what a result says. Bundled data and built-in pages are ours; a document's id is a UUID. */
export function holdsTextOfOthers(name: string, result: unknown): boolean {
  const texts = traitsOf(name)?.texts ?? 'ours';
  if (texts === 'ours') return false;
  if (texts === 'of vendors') return Sourced.safeParse(result).data?.source !== 'bundled';
  if (name !== 'search_knowledge') return true;
  return (Found.safeParse(result).data?.items ?? []).some(({ documentId }) => z.uuid().safeParse(documentId).success);
}
