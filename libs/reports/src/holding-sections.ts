import { isAvailable, type AnalysisResult, type AssetResult, type Performance, type Risk } from '@stocktool/contracts';
import { describe, heatMap } from './charts/heat-map';
import { pairedBars } from './charts/paired-bars';
import { percent, ratio } from './format';
import { markup, type Markup } from './markup';

/** Charts of more are unreadable and, as a grid, megabytes; the tables have every holding. */
const mostInChart = 25;

const byWeight = (assets: readonly AssetResult[]): AssetResult[] => [...assets].sort((a, b) => b.weight - a.weight);
const largestOnly = (count: number): Markup | false =>
  count > mostInChart && markup` The chart shows the ${mostInChart} largest of ${count} holdings.`;

export function holdingSection({ assets }: AnalysisResult): Markup {
  const ordered = byWeight(assets);
  const measured = ordered.some(({ performance }) => isAvailable<Performance>(performance));
  const compared = ordered.some(({ risk }) => isAvailable<Risk>(risk));
  const line = ({ symbol, weight, riskContribution, performance, risk }: AssetResult) => {
    const own = isAvailable<Performance>(performance) ? performance : undefined;
    const relative = isAvailable<Risk>(risk) ? risk : undefined;
    return markup`<tr><th scope="row">${symbol}</th><td>${percent(weight)}</td><td>${percent(riskContribution)}</td>${
      measured &&
      markup`<td>${percent(own?.totalReturn)}</td><td>${percent(own?.cagr)}</td><td>${percent(own?.annualVolatility)}</td><td>${ratio(own?.sharpe)}</td><td>${percent(own?.maxDrawdown.value)}</td>`
    }${compared && markup`<td>${ratio(relative?.beta)}</td><td>${percent(relative?.var.historical['0.95'])}</td>`}</tr>`;
  };
  const pairs = ordered
    .slice(0, mostInChart)
    .map(({ symbol, weight, riskContribution }) => ({ name: symbol, first: weight, second: riskContribution }));
  return markup`<section><h2>Holdings</h2><p class="note">Weight in the portfolio, and share of its variance: where the second is longer, the holding brings more risk than money.${largestOnly(assets.length)}</p>
<figure><p class="legend"><span>Weight</span><span class="second">Share of risk</span></p>${pairedBars('Weight and share of risk of each holding', ['weight', 'share of risk'], pairs)}</figure>
<div class="scroll" tabindex="0" role="region" aria-label="Figures of each holding"><table class="symbols"><thead><tr><th scope="col">Symbol</th><th scope="col">Weight</th><th scope="col">Risk share</th>${
    measured &&
    markup`<th scope="col">Total</th><th scope="col">Per year</th><th scope="col">Volatility</th><th scope="col">Sharpe</th><th scope="col">Drawdown</th>`
  }${compared && markup`<th scope="col">Beta</th><th scope="col">VaR 95%</th>`}</tr></thead><tbody>${ordered.map(line)}</tbody></table></div></section>`;
}

interface Correlation {
  symbols: string[];
  matrix: (number | null)[][];
}

export function correlationSection({ correlation, assets }: AnalysisResult): Markup | undefined {
  if (!isAvailable<Correlation>(correlation) || correlation.symbols.length < 2) return undefined;
  const shown = byWeight(assets)
    .slice(0, mostInChart)
    .map(({ symbol }) => correlation.symbols.indexOf(symbol))
    .filter((position) => position >= 0);
  const symbols = shown.map((position) => correlation.symbols[position]!);
  const matrix = shown.map((row) => shown.map((column) => correlation.matrix[row]?.[column] ?? null));
  return markup`<section><h2>Correlation</h2><p class="note">1 means that two holdings move together, 0 that they move independently, \u22121 that they move against each other. ${describe(symbols, matrix)}${largestOnly(assets.length)}</p>
<figure>${heatMap(symbols, matrix)}</figure></section>`;
}
