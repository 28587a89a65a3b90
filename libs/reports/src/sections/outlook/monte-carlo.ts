import { isAvailable, type MonteCarlo } from '@stocktool/contracts';
import { fanChart } from '../../charts/fan-chart';
import { percent, ratio, table } from '../../document/cells';
import type { Facts } from '../../document/facts';
import type { Cell, KeyFigure, Row, Section, Table } from '../../document/report-document';
import { countText, percentText, ratioText } from '../../format';

const models = {
  gbm: 'geometric Brownian motion, correlated',
  studentT: 'Student-t returns, correlated',
  bootstrap: 'blocks of past returns drawn again (bootstrap)',
  filteredHistorical: 'filtered historical simulation',
} as const;

/** The spread of simulated futures. */
export function monteCarlo(facts: Facts): Section | undefined {
  const part = facts.result.monteCarlo;
  if (!isAvailable<MonteCarlo>(part)) return undefined;
  const { paths, horizonDays, model, seed } = part;
  return {
    id: 'monte-carlo',
    title: 'Simulated futures',
    note: `${countText(paths)} paths over ${horizonDays} trading days: ${models[model]}, seed ${seed}. Wealth of 1 at the start. A simulation knows only what its model knows.`,
    blocks: [
      { kind: 'key figures', figures: chances(facts, part) },
      { kind: 'chart', chart: fanChart(part), terms: [facts.define.of('monteCarloFigures', 'monteCarlo')] },
      { kind: 'table', table: terminalTable(facts, part) },
    ],
  };
}

function chances({ define, input }: Facts, part: MonteCarlo): KeyFigure[] {
  const term = define.of('monteCarloFigures', 'monteCarlo');
  const days = `after ${part.horizonDays} trading days`;
  const target = input.request.monteCarlo?.target;
  return [
    { name: 'Chance of a loss', cell: percent(part.probabilityOfLoss), below: days, term },
    ...(part.probabilityOfTarget === undefined
      ? []
      : [
          {
            name: target === undefined ? 'Chance of the target' : `Chance of ${ratioText(target)} or more`,
            cell: percent(part.probabilityOfTarget),
            below: days,
            term,
          },
        ]),
    { name: 'Value at risk, 95%', cell: percent(part.var['0.95']), below: 'over the horizon', term },
    { name: 'Expected loss beyond', cell: percent(part.cvar['0.95']), below: 'CVaR 95%, over the horizon', term },
  ];
}

function terminalTable({ define }: Facts, part: MonteCarlo): Table {
  const { terminal, maxDrawdown, standardErrors } = part;
  const losses = define.of('monteCarloLosses', 'monteCarlo');
  const errorOf = (path: string, text: (value: number) => string) => plusMinus(standardErrors[path], text);
  const wealth = (name: string, key: keyof typeof terminal): Row => ({
    name,
    term: define.of('monteCarloFigures', 'monteCarlo'),
    cells: [ratio(terminal[key]), errorOf(`terminal.${key}`, twoDigits)],
  });
  const loss = (name: string, key: 'var' | 'cvar', at: '0.95' | '0.99'): Row => ({
    name,
    term: losses,
    cells: [percent(part[key][at]), errorOf(`${key}.${at}`, percentText)],
  });
  const fall = (name: string, key: keyof typeof maxDrawdown): Row => ({
    name,
    term: losses,
    cells: [percent(maxDrawdown[key]), errorOf(`maxDrawdown.${key}`, percentText)],
  });
  const note = 'Standard error: how far the figure may lie from that of endlessly many paths.';
  return table(
    { name: 'At the end of the horizon', captioned: true, note },
    [{ name: 'Figure' }, { name: 'Value' }, { name: 'Standard error', term: losses }],
    [
      wealth('Mean wealth', 'mean'),
      wealth('Wealth, 5% of paths below', 'p5'),
      wealth('Wealth, 25% of paths below', 'p25'),
      wealth('Median wealth', 'p50'),
      wealth('Wealth, 75% of paths below', 'p75'),
      wealth('Wealth, 95% of paths below', 'p95'),
      loss('Value at risk, 95%', 'var', '0.95'),
      loss('Value at risk, 99%', 'var', '0.99'),
      loss('Expected loss beyond (CVaR), 95%', 'cvar', '0.95'),
      loss('Expected loss beyond (CVaR), 99%', 'cvar', '0.99'),
      fall('Deepest fall on the way, mean', 'mean'),
      fall('Deepest fall, 5% of paths beyond', 'p95'),
    ],
  );
}

const plusMinus = (error: number | undefined, text: (value: number) => string): Cell => ({
  text: error === undefined ? '' : `\u00b1 ${text(error)}`,
});

const twoDigits = (value: number): string => value.toPrecision(2);
