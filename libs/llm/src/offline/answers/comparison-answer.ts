import type { ChatToolResult } from '@stocktool/contracts';
import { percent, ratio, signedPercent } from '../figures';
import type { Outcome } from '../tool-outcome';
import { correlationAnswer } from './correlation-answer';

type Risk = ChatToolResult<'get_risk_assessment'>;

/** A table side by side and what it says in words; undefined when fewer than two sides have an answer. */
export function comparisonAnswer(
  outcomes: readonly Outcome[],
  titled: (symbol: string) => string,
): string[] | undefined {
  const risks = outcomes.flatMap((one) => (one.name === 'get_risk_assessment' && one.ok ? [one.result] : []));
  if (risks.length < 2) return undefined;
  const failed = outcomes.flatMap((one) => (one.ok ? [] : [`${one.error.title}: ${one.error.detail}`]));
  const correlation = outcomes.find((one) => one.name === 'calculate_correlation');
  return [
    table(risks),
    verdict(risks, titled),
    ...(sameWindow(risks) ? [] : ['The periods differ, because the data does: compare with care.']),
    ...(correlation?.name === 'calculate_correlation' && correlation.ok ? [correlationAnswer(correlation.result)] : []),
    ...new Set(failed),
  ];
}

const rows: readonly (readonly [string, (risk: Risk) => string])[] = [
  ['From', ({ window }) => window.from],
  ['To', ({ window }) => window.to],
  ['Return a year', ({ annualReturn }) => signedPercent(annualReturn)],
  ['Total return', ({ totalReturn }) => signedPercent(totalReturn)],
  ['Annual volatility', ({ annualVolatility }) => percent(annualVolatility)],
  ['Deepest drawdown', ({ maxDrawdown }) => percent(maxDrawdown.value)],
  ['One-day value at risk, 95%', (risk) => percent(tailAt(risk)?.historical ?? null)],
  ['Expected shortfall, 95%', (risk) => percent(tailAt(risk)?.expectedShortfall ?? null)],
  ['Beta', ({ beta }) => ratio(beta)],
  ['Sharpe ratio', ({ sharpe }) => ratio(sharpe)],
];

const tailAt = ({ tailRisk }: Risk) => tailRisk.find(({ confidence }) => confidence === 0.95);

const table = (risks: readonly Risk[]): string =>
  [
    `| | ${risks.map(({ symbol }) => symbol).join(' | ')} |`,
    `| --- |${' --- |'.repeat(risks.length)}`,
    ...rows.map(([label, cell]) => `| ${label} | ${risks.map(cell).join(' | ')} |`),
  ].join('\n');

function verdict(risks: readonly Risk[], titled: (symbol: string) => string): string {
  const by = (figure: (risk: Risk) => number | null) =>
    risks.filter((one) => figure(one) !== null).sort((a, b) => (figure(b) ?? 0) - (figure(a) ?? 0));
  const volatile = by(({ annualVolatility }) => annualVolatility)[0];
  const fallen = by(({ maxDrawdown }) => maxDrawdown.value)[0];
  const rewarded = by(({ sharpe }) => sharpe)[0];
  const sentences = [
    volatile && fallen && volatile === fallen
      ? `${titled(volatile.symbol)} was the riskier of them, by volatility and by its deepest fall.`
      : volatile &&
        fallen &&
        `${titled(volatile.symbol)} swung the most; ${titled(fallen.symbol)} had the deepest fall.`,
    rewarded && `${titled(rewarded.symbol)} gave the most return for its risk (Sharpe ratio).`,
  ];
  return sentences.filter(Boolean).join(' ');
}

const sameWindow = (risks: readonly Risk[]): boolean =>
  new Set(risks.map(({ window }) => `${window.from} ${window.to}`)).size === 1;
