import type { ChatToolResult } from '@stocktool/contracts';
import { count, percent, ratio, signedPercent } from '../figures';

type Risk = ChatToolResult<'get_risk_assessment'>;
type Drawdown = Risk['maxDrawdown'];

export function riskAnswer(risk: Risk, titled: (symbol: string) => string): string {
  const { symbol, benchmark, window } = risk;
  const relative =
    symbol === benchmark
      ? []
      : [
          `- Against ${benchmark}: beta ${ratio(risk.beta)}, alpha ${signedPercent(risk.alpha)} a year, tracking error ${percent(risk.trackingError)}.`,
        ];
  return [
    `**${titled(symbol)}**, ${window.from} to ${window.to} (${count(window.observations)} daily returns):`,
    `- Annual volatility ${percent(risk.annualVolatility)}; return ${signedPercent(risk.annualReturn)} a year; Sharpe ratio ${ratio(risk.sharpe)}, Sortino ratio ${ratio(risk.sortino)}.`,
    ...tailLines(risk.tailRisk),
    drawdownLine(risk.maxDrawdown),
    ...relative,
  ].join('\n');
}

export const tailLines = (rows: Risk['tailRisk']): string[] =>
  rows.map(
    ({ confidence, historical, parametric, expectedShortfall }) =>
      `- One-day value at risk at ${confidenceText(confidence)} confidence: ${percent(historical)} from history, ${percent(parametric)} if returns were normal; expected shortfall ${percent(expectedShortfall)}.`,
  );

const confidenceText = (confidence: number): string => `${Number((confidence * 100).toFixed(4))}%`;

export function drawdownLine({ value, peak, trough, recovery }: Drawdown): string {
  if (value === null || peak === null || trough === null) return '- No drawdown in that time.';
  const end = recovery === null ? 'not recovered by the end' : `recovered by ${recovery}`;
  return `- Deepest drawdown ${percent(value)}, from ${peak} to ${trough}, ${end}.`;
}
