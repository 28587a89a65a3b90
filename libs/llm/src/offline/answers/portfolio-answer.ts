import type { ChatToolResult } from '@stocktool/contracts';
import { count, percent, ratio, signedPercent } from '../figures';
import { drawdownLine, tailLines } from './risk-answer';

type Analysis = ChatToolResult<'analyze_portfolio'>;
const assetsShown = 12;

export function portfolioAnswer({ status, headline, links, error }: Analysis): string {
  if (status === 'failed' || status === 'cancelled')
    return `The analysis ${status === 'failed' ? 'failed' : 'was cancelled'}${error ? `: ${error}` : '.'} Details: ${links.self}`;
  if (!headline) return `The analysis is ${status}. It will be at ${links.self}, its report at ${links.report}.`;
  const { window, assets } = headline;
  const shown = assets.slice(0, assetsShown);
  return [
    `**Your portfolio**, ${window.from} to ${window.to} (${count(window.observations)} daily returns):`,
    `- Return ${signedPercent(headline.annualReturn)} a year (${signedPercent(headline.totalReturn)} in total), annual volatility ${percent(headline.annualVolatility)}, Sharpe ratio ${ratio(headline.sharpe)}, beta ${ratio(headline.beta)}.`,
    ...tailLines(headline.tailRisk),
    drawdownLine(headline.maxDrawdown),
    `- Share of the risk: ${shown.map(({ symbol, weight, riskContribution }) => `${symbol} ${percent(riskContribution)} (weight ${percent(weight)})`).join(', ')}${assets.length > shown.length ? ', and others' : ''}.`,
    ...headline.warnings.map((warning) => `- Note: ${warning}`),
    '',
    `The whole report: ${links.report}`,
  ].join('\n');
}
