import { listed } from '../figures';
import type { Outcome } from '../tool-outcome';

interface Origin {
  readonly source: string;
  readonly asOf: string;
}

function originsOf(outcome: Outcome): Origin[] {
  if (!outcome.ok) return [];
  switch (outcome.name) {
    case 'get_stock_quote':
      return [{ source: outcome.result.source, asOf: outcome.result.asOf.slice(0, 10) }];
    case 'check_golden_cross':
    case 'get_historical_prices':
      return [{ source: outcome.result.source, asOf: outcome.result.window.to }];
    case 'get_technical_indicators':
    case 'forecast_price':
      return [{ source: outcome.result.source, asOf: outcome.result.asOf }];
    case 'get_risk_assessment':
    case 'calculate_correlation':
    case 'analyze_portfolio':
    case 'what_if':
    case 'optimize_portfolio':
      return (outcome.result.sources ?? []).map(({ source, asOf }) => ({ source, asOf }));
    case 'get_company_profile':
    case 'get_market_cap_details':
      return [{ source: outcome.result.source, asOf: outcome.result.asOf.slice(0, 10) }];
    case 'get_dividends_splits':
      return outcome.result.dividends
        .slice(0, 1)
        .map(({ exDate }) => ({ source: outcome.result.source, asOf: exDate }));
    case 'get_financials':
      return [...outcome.result.quarterly.slice(0, 1), ...outcome.result.annual.slice(0, 1)].map(({ periodEnd }) => ({
        source: outcome.result.source,
        asOf: periodEnd,
      }));
    case 'get_earnings':
      return outcome.result.items.slice(0, 1).map(({ date }) => ({ source: outcome.result.source, asOf: date }));
    case 'get_analyst_recommendations':
      return outcome.result.items.slice(0, 1).map(({ month }) => ({ source: outcome.result.source, asOf: month }));
    case 'get_institutional_holders':
      return outcome.result.items.map(({ reportedAt }) => ({ source: outcome.result.source, asOf: reportedAt }));
    case 'get_news':
      return outcome.result.items.map(({ source, publishedAt }) => ({ source, asOf: publishedAt.slice(0, 10) }));
    case 'set_price_alert': {
      const { source, priceAsOf } = outcome.result;
      return source === null || priceAsOf === null ? [] : [{ source, asOf: priceAsOf }];
    }
    case 'get_my_portfolios':
      return [
        ...outcome.result.portfolios.flatMap(({ holdings }) => holdings),
        ...outcome.result.watchlists.flatMap(({ items }) => items),
      ].flatMap(({ source, asOf }) => (source === null || asOf === null ? [] : [{ source, asOf }]));
    case 'get_market_indices':
    case 'get_market_summary':
      return outcome.result.indices.map(({ source, asOf }) => ({ source, asOf: asOf.slice(0, 10) }));
    case 'web_search':
      return [{ source: outcome.result.source, asOf: outcome.result.asOf }];
    case 'search_knowledge':
      return [];
  }
}

/** Who says so and as of when; that data of the past is of the past is said too. */
export function provenance(outcomes: readonly Outcome[]): string {
  const origins = outcomes.flatMap(originsOf);
  if (origins.length === 0) return '';
  const sources = [...new Set(origins.map(({ source }) => source))].sort();
  const latest = origins.reduce((last, { asOf }) => (asOf > last ? asOf : last), '');
  const past = sources.includes('bundled') ? '; the bundled data is a sample of the past and is not current' : '';
  return `Source: ${listed(sources)} data, as of ${latest}${past}.`;
}
