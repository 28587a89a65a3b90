import type { ChatToolName } from '@stocktool/contracts';

/** What making a call again does: it runs, or reads what the first one began, or would change something once more. */
export type Repeat = 'runs' | 'reads' | 'never';

const byTool: { readonly [Name in ChatToolName]: Repeat } = {
  get_stock_quote: 'runs',
  get_historical_prices: 'runs',
  get_risk_assessment: 'runs',
  calculate_correlation: 'runs',
  analyze_portfolio: 'reads',
  what_if: 'runs',
  optimize_portfolio: 'runs',
  get_my_portfolios: 'runs',
  set_price_alert: 'never',
  get_technical_indicators: 'runs',
  check_golden_cross: 'runs',
  forecast_price: 'runs',
  get_company_profile: 'runs',
  get_dividends_splits: 'runs',
  get_financials: 'runs',
  get_earnings: 'runs',
  get_analyst_recommendations: 'runs',
  get_institutional_holders: 'runs',
  get_market_cap_details: 'runs',
  get_news: 'runs',
  get_market_indices: 'runs',
  get_market_summary: 'runs',
  web_search: 'runs',
  search_knowledge: 'runs',
};

/** Of a tool that is not known nothing is known: it is asked, and says that it is not there. */
export const repeats = (name: string): Repeat => (Object.hasOwn(byTool, name) ? byTool[name as ChatToolName] : 'runs');
