import { alertAnswer } from './answers/alert-answer';
import { quoteAnswer } from './answers/quote-answer';
import {
  dividendsAnswer,
  earningsAnswer,
  financialsAnswer,
  holdersAnswer,
  indicesAnswer,
  marketCapAnswer,
  newsAnswer,
  profileAnswer,
  recommendationsAnswer,
  summaryAnswer,
} from './answers/company-answers';
import { comparisonAnswer } from './answers/comparison-answer';
import { correlationAnswer } from './answers/correlation-answer';
import { forecastAnswer } from './answers/forecast-answer';
import { historyAnswer } from './answers/history-answer';
import { crossAnswer, indicatorsAnswer } from './answers/indicators-answer';
import { knowledgeAnswer } from './answers/knowledge-answer';
import { myPortfoliosAnswer } from './answers/my-portfolios-answer';
import { optimizeAnswer } from './answers/optimize-answer';
import { portfolioAnswer } from './answers/portfolio-answer';
import { riskAnswer } from './answers/risk-answer';
import { webAnswer } from './answers/web-answer';
import { whatIfAnswer } from './answers/what-if-answer';
import { provenance } from './answers/provenance';
import type { Question } from './question';
import type { Outcome } from './tool-outcome';

const noAdvice = 'Not investment advice.';

/** The answer to a question from what the tools said; every number in it stands in one of them. */
export function answerFrom(question: Question, outcomes: readonly Outcome[]): string {
  const names = new Map(question.mentions.map(({ symbol, name }) => [symbol, name]));
  const titled = (symbol: string): string => {
    const name = names.get(symbol);
    return name === undefined || name === symbol ? symbol : `${name} (${symbol})`;
  };
  const compared = question.intent === 'comparison' ? comparisonAnswer(outcomes, titled) : undefined;
  const paragraphs = compared ?? outcomes.map((outcome) => paragraph(outcome, titled));
  const advice = question.wantsAdvice
    ? 'I cannot tell you what to buy or sell; here is what the data says.'
    : undefined;
  const judged = outcomes.some(
    ({ name, ok }) => ok && name !== 'search_knowledge' && name !== 'set_price_alert' && name !== 'get_stock_quote',
  );
  const footer = [provenance(outcomes), judged || question.wantsAdvice ? noAdvice : ''].filter(Boolean).join(' ');
  return [advice, ...paragraphs, footer].filter(Boolean).join('\n\n');
}

function paragraph(outcome: Outcome, titled: (symbol: string) => string): string {
  if (!outcome.ok) return failure(outcome.error);
  switch (outcome.name) {
    case 'get_stock_quote':
      return quoteAnswer(outcome.result, titled);
    case 'get_historical_prices':
      return historyAnswer(outcome.result, titled);
    case 'get_risk_assessment':
      return riskAnswer(outcome.result, titled);
    case 'calculate_correlation':
      return correlationAnswer(outcome.result);
    case 'analyze_portfolio':
      return portfolioAnswer(outcome.result);
    case 'optimize_portfolio':
      return optimizeAnswer(outcome.result);
    case 'set_price_alert':
      return alertAnswer(outcome.result, titled);
    case 'get_my_portfolios':
      return myPortfoliosAnswer(outcome.result);
    case 'what_if':
      return whatIfAnswer(outcome.result);
    case 'get_technical_indicators':
      return indicatorsAnswer(outcome.result, titled);
    case 'check_golden_cross':
      return crossAnswer(outcome.result, titled);
    case 'forecast_price':
      return forecastAnswer(outcome.result, titled);
    case 'get_company_profile':
      return profileAnswer(outcome.result);
    case 'get_dividends_splits':
      return dividendsAnswer(outcome.result, titled);
    case 'get_financials':
      return financialsAnswer(outcome.result, titled);
    case 'get_earnings':
      return earningsAnswer(outcome.result, titled);
    case 'get_analyst_recommendations':
      return recommendationsAnswer(outcome.result, titled);
    case 'get_institutional_holders':
      return holdersAnswer(outcome.result, titled);
    case 'get_market_cap_details':
      return marketCapAnswer(outcome.result, titled);
    case 'get_news':
      return newsAnswer(outcome.result, titled);
    case 'get_market_indices':
      return indicesAnswer(outcome.result);
    case 'get_market_summary':
      return summaryAnswer(outcome.result);
    case 'web_search':
      return webAnswer(outcome.result);
    case 'search_knowledge':
      return knowledgeAnswer(outcome.result);
  }
}

/** The tool's own words: it says what was wrong, and a retryable fault is named as one. */
const failure = ({ title, detail }: { title: string; detail: string }): string =>
  detail === '' || detail === title ? `${title}.` : `${title}: ${detail}`;
