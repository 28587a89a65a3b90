import type { AnalysisResult } from '@stocktool/contracts';
import { day } from './format';
import { markup, type Markup } from './markup';

/** All warnings, those of one code and message together: 200 constant assets should not make 2000 lines. */
const mostWarnings = 60;

export function warningSection({ warnings }: AnalysisResult): Markup | undefined {
  if (warnings.length === 0) return undefined;
  const more = warnings.length - mostWarnings;
  return markup`<section><h2>Warnings</h2><ul class="warnings">${warnings
    .slice(0, mostWarnings)
    .map(
      ({ message, path }) => markup`<li>${message} <code>${path}</code></li>`,
    )}${more > 0 && markup`<li>and ${more} more, all in the JSON report</li>`}</ul></section>`;
}

const partNames = {
  performance: 'Performance',
  risk: 'Risk',
  correlation: 'Correlation',
  optimization: 'Optimisation',
  monteCarlo: 'Monte Carlo simulation',
  stress: 'Stress tests',
  attribution: 'Attribution',
} as const;

/** Parts that were asked for and have no answer, each with its reason. */
export function unavailableSection({ portfolio, ...result }: AnalysisResult): Markup | undefined {
  const parts = { ...result, performance: portfolio.performance, risk: portfolio.risk };
  const missing = (Object.keys(partNames) as (keyof typeof partNames)[]).flatMap((part) => {
    const value = parts[part];
    return value && 'unavailable' in value ? [{ name: partNames[part], reason: value.unavailable.reason }] : [];
  });
  if (missing.length === 0) return undefined;
  return markup`<section><h2>Not in this report</h2><table><thead><tr><th scope="col">Part</th><th scope="col" class="text">Reason</th></tr></thead><tbody>${missing.map(
    ({ name, reason }) => markup`<tr><th scope="row">${name}</th><td class="text">${reason}</td></tr>`,
  )}</tbody></table></section>`;
}

export const sourceSection = ({ sources }: AnalysisResult): Markup => markup`<section><h2>Data</h2>
<p class="note">Where the prices are from and the last date they reach.</p>
<div class="scroll"><table class="symbols"><thead><tr><th scope="col">Symbol</th><th scope="col">Source</th><th scope="col">Prices to</th></tr></thead><tbody>${sources.map(
  ({ symbol, source, asOf }) => markup`<tr><th scope="row">${symbol}</th><td>${source}</td><td>${day(asOf)}</td></tr>`,
)}</tbody></table></div></section>`;

const fieldNames: Record<string, string> = {
  cagr: 'CAGR',
  var: 'Value at risk (VaR)',
  cvar: 'Expected loss beyond (CVaR)',
  ddof: 'Sample statistics',
  rSquared: 'R squared',
};

/** probabilisticSharpe as Probabilistic sharpe. */
function spelledOut(name: string): string {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return fieldNames[name] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

export const conventionSection = ({
  conventions,
}: AnalysisResult): Markup => markup`<section><h2>How the figures are computed</h2>
<dl class="terms">${Object.entries(conventions).map(([name, text]) => markup`<div><dt>${spelledOut(name)}</dt><dd>${text}</dd></div>`)}</dl></section>`;
