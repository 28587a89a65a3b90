import { isAvailable, type AssetResult, type Performance, type Risk } from '@stocktool/contracts';
import { bars } from '../../charts/bars';
import { describe, heatMap } from '../../charts/heat-map';
import { percent, ratio, table } from '../../document/cells';
import type { Definitions } from '../../document/definitions';
import type { Facts } from '../../document/facts';
import type { Column, Section, Table } from '../../document/report-document';

/** Charts of more are unreadable and, as a grid, megabytes; the tables have every holding. */
const mostInChart = 25;

const byWeight = (assets: readonly AssetResult[]): AssetResult[] => [...assets].sort((a, b) => b.weight - a.weight);
const largestOnly = (count: number): string =>
  count > mostInChart ? ` The chart shows the ${mostInChart} largest of ${count} holdings.` : '';

/** Weight beside share of risk, and the figures of each holding. */
export function holdings(facts: Facts): Section {
  const { assets } = facts.result;
  const ordered = byWeight(assets);
  const chart = bars({
    id: 'risk-shares',
    title: 'Weight and share of risk of each holding',
    legend: [
      { tone: 'own', text: 'Weight' },
      { tone: 'market', text: 'Share of risk' },
    ],
    tones: [
      { above: 'own', below: 'own' },
      { above: 'market', below: 'market' },
    ],
    names: ['weight', 'share of risk'],
    rows: ordered
      .slice(0, mostInChart)
      .map(({ symbol, weight, riskContribution }) => ({ name: symbol, values: [weight, riskContribution] })),
  });
  return {
    id: 'holdings',
    title: 'Holdings',
    note: `Weight in the portfolio, and share of its variance: where the second is longer, the holding brings more risk than money.${largestOnly(assets.length)}`,
    blocks: [
      { kind: 'chart', chart, terms: [facts.define.of('riskContribution'), facts.define.of('weight')] },
      { kind: 'table', table: holdingTable(facts, ordered) },
    ],
  };
}

function holdingTable({ define, result, why }: Facts, ordered: readonly AssetResult[]): Table {
  const measured = ordered.some(({ performance }) => isAvailable<Performance>(performance));
  const compared = ordered.some(({ risk }) => isAvailable<Risk>(risk));
  const rows = ordered.map((asset) => {
    const { symbol, weight, riskContribution } = asset;
    const own = isAvailable<Performance>(asset.performance) ? asset.performance : undefined;
    const beside = isAvailable<Risk>(asset.risk) ? asset.risk : undefined;
    const reason = (path: string) => why(`assets.${result.assets.indexOf(asset)}.${path}`);
    const cells = [percent(weight), percent(riskContribution, reason('riskContribution'))];
    if (measured)
      cells.push(
        percent(own?.totalReturn, reason('performance.totalReturn')),
        percent(own?.cagr, reason('performance.cagr')),
        percent(own?.annualVolatility, reason('performance.annualVolatility')),
        ratio(own?.sharpe, reason('performance.sharpe')),
        percent(own?.maxDrawdown.value, reason('performance.maxDrawdown')),
      );
    if (compared)
      cells.push(
        ratio(beside?.beta, reason('risk.beta')),
        percent(beside?.var.historical['0.95'], reason('risk.var.historical')),
      );
    return { name: symbol, cells };
  });
  return table({ name: 'Figures of each holding', ofSymbols: true }, columnsOf(define, measured, compared), rows);
}

function columnsOf(define: Definitions, measured: boolean, compared: boolean): Column[] {
  const column = (name: string, key: string) => ({ name, term: define.of(key) });
  const ofPerformance = [
    column('Total', 'totalReturn'),
    column('Per year', 'cagr'),
    column('Volatility', 'annualVolatility'),
    column('Sharpe', 'sharpe'),
    column('Drawdown', 'maxDrawdown'),
  ];
  return [
    { name: 'Symbol' },
    column('Weight', 'weight'),
    column('Risk share', 'riskContribution'),
    ...(measured ? ofPerformance : []),
    ...(compared ? [column('Beta', 'beta'), column('VaR 95%', 'var')] : []),
  ];
}

interface Correlation {
  symbols: string[];
  matrix: (number | null)[][];
}

export function correlation({ result: { correlation: part, assets }, define }: Facts): Section | undefined {
  if (!isAvailable<Correlation>(part) || part.symbols.length < 2) return undefined;
  const shown = byWeight(assets)
    .slice(0, mostInChart)
    .map(({ symbol }) => part.symbols.indexOf(symbol))
    .filter((position) => position >= 0);
  const symbols = shown.map((position) => part.symbols[position]!);
  const matrix = shown.map((row) => shown.map((column) => part.matrix[row]?.[column] ?? null));
  return {
    id: 'correlation',
    title: 'Correlation',
    note: `1 means that two holdings move together, 0 that they move independently, \u22121 that they move against each other. ${describe(symbols, matrix)}${largestOnly(assets.length)}`,
    blocks: [{ kind: 'chart', chart: heatMap(symbols, matrix), terms: [define.of('correlation')] }],
  };
}
