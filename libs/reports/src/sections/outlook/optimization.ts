import { isAvailable, type OptimalPortfolio, type Optimization, type Performance } from '@stocktool/contracts';
import { frontierChart, type FrontierPoint } from '../../charts/frontier-chart';
import { weightPanels } from '../../charts/weight-panels';
import { percent, ratio, table, words } from '../../document/cells';
import type { Facts } from '../../document/facts';
import type { Block, Section, Table } from '../../document/report-document';
import { countText, percentText, shareText } from '../../format';
import { objectives, solvedOf, type Solved } from './objectives';

type FrontierLine = Exclude<Optimization['frontier'], { unavailable: unknown }>;

/** Symbols in the chart of weights; the table has all. */
const mostInChart = 14;

/** The frontier with the portfolio on it, what each way to optimise holds, and how sure that is. */
export function optimization(facts: Facts): Section | undefined {
  const part = facts.result.optimization;
  if (!isAvailable<Optimization>(part)) return undefined;
  const solved = solvedOf(part);
  return {
    id: 'optimization',
    title: 'Optimal portfolios',
    note: 'Optimal for the estimates from the past, not for the future: small changes of the estimates move the weights far. The bands show how far.',
    blocks: [
      ...frontierBlock(facts, part, solved),
      ...(solved.length > 0 ? [{ kind: 'table' as const, table: figureTable(facts, part, solved) }] : []),
      ...weightBlocks(facts, solved),
      ...refusals(part),
    ],
  };
}

function frontierBlock({ result, define }: Facts, part: Optimization, solved: readonly Solved[]): Block[] {
  const { frontier, current, estimates } = part;
  if (!isAvailable<FrontierLine>(frontier) || frontier.length === 0) return [];
  const optimal = solved
    .filter(({ key }) => key === 'minVariance' || key === 'maxSharpe' || key === 'riskParity')
    .map(({ name, portfolio }) => ({ name, return: portfolio.return, volatility: portfolio.volatility }));
  const assets = result.assets.flatMap(({ symbol, performance }): FrontierPoint[] => {
    const expected = estimates.expectedReturns[symbol];
    const volatility = isAvailable<Performance>(performance) ? performance.annualVolatility : null;
    return expected === undefined || volatility === null ? [] : [{ name: symbol, return: expected, volatility }];
  });
  const portfolio = { name: 'This portfolio', return: current.return, volatility: current.volatility };
  const chart = frontierChart({ line: frontier, optimal, assets, portfolio });
  return [{ kind: 'chart', chart, terms: [define.of('optimization'), define.of('optimizationFigures')] }];
}

function figureTable({ define, why }: Facts, { current }: Optimization, solved: readonly Solved[]): Table {
  const remarks = solved.map(({ portfolio }) => remarksOn(portfolio));
  const remarked = remarks.some((remark) => remark !== '');
  const line = (name: string, figures: Optimization['current'], path: string, remark: string) => ({
    name,
    term: define.of('optimization'),
    cells: [
      percent(figures.return),
      percent(figures.volatility),
      ratio(figures.sharpe, why(`optimization.${path}.sharpe`)),
      ...(remarked ? [words(remark)] : []),
    ],
  });
  const columns = [
    { name: 'Portfolio' },
    { name: 'Return per year', term: define.of('expectedReturns', 'optimization') },
    { name: 'Volatility', term: define.of('covariance', 'optimization') },
    { name: 'Sharpe', term: define.of('sharpe') },
    ...(remarked ? [{ name: 'Remarks', words: true as const }] : []),
  ];
  return table({ name: 'What the estimates expect of each' }, columns, [
    line('This portfolio', current, 'current', ''),
    ...solved.map(({ key, name, portfolio }, i) => line(name, portfolio, key, remarks[i]!)),
  ]);
}

function remarksOn({ cvar, movedByLimits, turnover }: OptimalPortfolio): string {
  return [
    cvar === undefined ? '' : `mean loss in the worst periods ${percentText(cvar)}`,
    movedByLimits === undefined ? '' : `moved by the limits: ${shareText(movedByLimits)} of weight`,
    turnover === undefined ? '' : `turnover ${shareText(turnover)}`,
  ]
    .filter((remark) => remark !== '')
    .join('; ');
}

function weightBlocks({ define, result }: Facts, solved: readonly Solved[]): Block[] {
  if (solved.length === 0) return [];
  const most = (symbol: string) => Math.max(...solved.map(({ portfolio }) => Math.abs(portfolio.weights[symbol] ?? 0)));
  const symbols = result.assets.map(({ symbol }) => symbol).sort((a, b) => most(b) - most(a));
  const shown = symbols.slice(0, mostInChart);
  const panels = solved.map(({ name, portfolio: { weights, bands } }) => ({
    name,
    weights: shown.map((symbol) => ({ weight: weights[symbol] ?? 0, band: bands?.[symbol] })),
  }));
  const term = define.of('optimizationBands', 'bands');
  const columns = [{ name: 'Symbol' }, ...solved.map(({ name }) => ({ name, term }))];
  const rows = symbols.map((symbol) => ({
    name: symbol,
    cells: solved.map(({ portfolio: { weights, bands } }) => {
      const band = bands?.[symbol];
      return {
        text: percentText(weights[symbol] ?? 0),
        aside: band && `${shareText(round(band.p5))} to ${shareText(round(band.p95))}`,
      };
    }),
  }));
  const banded = solved.some(({ portfolio }) => portfolio.bands);
  const note = banded ? 'Below each weight: 5% and 95% of it when the returns are drawn again (bootstrap).' : undefined;
  return [
    { kind: 'chart', chart: weightPanels(shown, panels), terms: [define.of('optimization'), term] },
    {
      kind: 'table',
      table: table({ name: 'Weights', captioned: true, ofSymbols: true, dense: true, note }, columns, rows),
    },
    ...shareBlocks(define, solved, symbols),
  ];
}

const round = (weight: number): number => Math.round(weight * 100) / 100;

/** Whole shares for the cash that was asked about. */
function shareBlocks(define: Facts['define'], solved: readonly Solved[], symbols: readonly string[]): Block[] {
  const bought = solved.filter(({ portfolio }) => portfolio.shares);
  if (bought.length === 0) return [];
  const rows = symbols.map((name) => ({
    name,
    cells: bought.map(({ portfolio }) => ({ text: countText(portfolio.shares!.quantities[name] ?? 0) })),
  }));
  const left = {
    name: 'Cash left',
    cells: bought.map(({ portfolio }) => ({ text: portfolio.shares!.leftover.toFixed(2) })),
  };
  const term = define.of('wholeShares', 'optimization');
  const columns = [{ name: 'Symbol' }, ...bought.map(({ name }) => ({ name, term }))];
  return [
    {
      kind: 'table',
      table: table({ name: 'Whole shares for the cash', captioned: true, ofSymbols: true, dense: true }, columns, [
        ...rows,
        left,
      ]),
    },
  ];
}

/** Each way that has no solution says why. */
function refusals(part: Optimization): Block[] {
  const named = [...objectives, ['frontier', 'Efficient frontier'] as const];
  const sentences = named.flatMap(([key, name]) => {
    const value = part[key];
    return value && 'unavailable' in value ? [`${name}: not available. ${value.unavailable.reason}`] : [];
  });
  return sentences.length > 0 ? [{ kind: 'sentences', sentences }] : [];
}
