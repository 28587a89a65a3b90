import { isAvailable, type MonteCarlo } from '@stocktool/contracts';
import { fanChart } from '../../charts/fan-chart';
import { percent, ratio, table } from '../../document/cells';
import type { Facts } from '../../document/facts';
import type { Cell, KeyFigure, Section, Table } from '../../document/report-document';
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
      { kind: 'chart', chart: fanChart(part) },
      { kind: 'table', table: terminalTable(facts, part) },
    ],
  };
}

function chances({ define, input }: Facts, part: MonteCarlo): KeyFigure[] {
  const term = define.of('monteCarlo');
  const days = `after ${part.horizonDays} trading days`;
  const target = input.request.monteCarlo?.target;
  return [
    { name: 'Chance of a loss', cell: percent(part.probabilityOfLoss), below: days, term },
    ...(part.probabilityOfTarget === undefined
      ? []
      : [{ name: target === undefined ? 'Chance of the target' : `Chance of ${ratioText(target)} or more`, cell: percent(part.probabilityOfTarget), below: days, term }]), // prettier-ignore
    { name: 'Value at risk, 95%', cell: percent(part.var['0.95']), below: 'over the horizon', term },
    { name: 'Expected loss beyond', cell: percent(part.cvar['0.95']), below: 'CVaR 95%, over the horizon', term },
  ];
}

function terminalTable({ define }: Facts, { terminal, var: valueAtRisk, cvar, standardErrors }: MonteCarlo): Table {
  const term = define.of('monteCarlo');
  const errorOf = (text: (value: number) => string, ...keys: string[]): Cell => {
    const key = keys.find((each) => standardErrors[each] !== undefined);
    return { text: key === undefined ? '' : `\u00b1 ${text(standardErrors[key]!)}` };
  };
  const wealth = (name: string, key: keyof typeof terminal) => ({ name, term, cells: [ratio(terminal[key]), errorOf(errorText, `terminal.${key}`, key)] }); // prettier-ignore
  const loss = (name: string, figures: typeof cvar, key: 'var' | 'cvar', confidence: '0.95' | '0.99') => ({ name, term, cells: [percent(figures[confidence]), errorOf(percentText, `${key}.${confidence}`, key + confidence)] }); // prettier-ignore
  return table(
    { name: 'At the end of the horizon', captioned: true, note: 'Standard error: how far the figure may lie from that of endlessly many paths.' }, // prettier-ignore
    [{ name: 'Figure' }, { name: 'Value', term }, { name: 'Standard error', term }],
    [
      wealth('Mean wealth', 'mean'),
      wealth('Wealth, 5% of paths below', 'p5'),
      wealth('Wealth, 25% of paths below', 'p25'),
      wealth('Median wealth', 'p50'),
      wealth('Wealth, 75% of paths below', 'p75'),
      wealth('Wealth, 95% of paths below', 'p95'),
      loss('Value at risk, 95%', valueAtRisk, 'var', '0.95'),
      loss('Value at risk, 99%', valueAtRisk, 'var', '0.99'),
      loss('Expected loss beyond (CVaR), 95%', cvar, 'cvar', '0.95'),
      loss('Expected loss beyond (CVaR), 99%', cvar, 'cvar', '0.99'),
    ],
  );
}

const errorText = (value: number): string => value.toPrecision(2);
