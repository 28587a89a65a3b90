import type { Performance, Risk } from '@stocktool/contracts';
import { percent, ratio, table, words } from '../../document/cells';
import type { Facts } from '../../document/facts';
import type { Cell, Row, Section, Table } from '../../document/report-document';
import { day } from '../../format';

/** All figures of the whole period. */
export function figures(facts: Facts): Section | undefined {
  const { performance, risk } = facts;
  if (!performance && !risk) return undefined;
  return {
    id: 'figures',
    title: 'Figures in detail',
    note: 'Losses (value at risk, expected loss, drawdown) are positive. Each name leads to how the figure is computed.',
    blocks: [
      {
        kind: 'tables beside each other',
        tables: [
          ...(performance ? [performanceTable(facts, performance)] : []),
          ...(risk ? [benchmarkTable(facts, risk)] : []),
        ],
      },
    ],
  };
}

const valueColumns = [{ name: 'Figure' }, { name: 'Value' }];

function performanceTable({ define, why, period }: Facts, figures: Performance): Table {
  const row = (name: string, key: keyof Performance, of: typeof percent): Row => ({
    name,
    term: define.of(key),
    cells: [of(figures[key] as number | null, why(`portfolio.performance.${key}`))],
  });
  const { maxDrawdown, bestDay, worstDay } = figures;
  const dated = (cell: Cell, aside: string): Cell[] => [{ ...cell, aside }];
  const { peak, trough, recovery } = maxDrawdown;
  const span = peak && trough ? `${day(peak)} to ${day(trough)}` : 'never below its peak';
  const recovered = {
    name: 'Recovered from it',
    term: define.of('maxDrawdown'),
    cells: [words(recovery ? day(recovery) : 'not recovered')],
  };
  return table({ name: 'Portfolio', captioned: true }, valueColumns, [
    row('Total return', 'totalReturn', percent),
    row('Return per year (CAGR)', 'cagr', percent),
    row('Mean return per year', 'arithmeticReturn', percent),
    row('Volatility per year', 'annualVolatility', percent),
    row('Sharpe ratio', 'sharpe', ratio),
    row('Probability of a Sharpe ratio above 0', 'probabilisticSharpe', percent),
    row('Sortino ratio', 'sortino', ratio),
    row('Calmar ratio', 'calmar', ratio),
    row('Omega ratio', 'omega', ratio),
    {
      name: 'Largest drawdown',
      term: define.of('maxDrawdown'),
      cells: dated(percent(maxDrawdown.value, why('portfolio.performance.maxDrawdown')), span),
    },
    ...(peak ? [recovered] : []),
    row('Ulcer index', 'ulcer', percent),
    row('Tail ratio', 'tailRatio', ratio),
    row('Skewness', 'skewness', ratio),
    row('Excess kurtosis', 'kurtosis', ratio),
    {
      name: `Best ${period}`,
      term: define.of('bestDay', 'returns'),
      cells: dated(percent(bestDay.return), day(bestDay.date)),
    },
    {
      name: `Worst ${period}`,
      term: define.of('worstDay', 'returns'),
      cells: dated(percent(worstDay.return), day(worstDay.date)),
    },
  ]);
}

function benchmarkTable({ define, why, benchmark }: Facts, figures: Risk): Table {
  const row = (name: string, key: keyof Risk, of: typeof percent, term = key as string): Row => ({
    name,
    term: define.of(key, term),
    cells: [of(figures[key] as number | null, why(`portfolio.risk.${key}`))],
  });
  return table({ name: `Beside ${benchmark}`, captioned: true }, valueColumns, [
    row('Beta', 'beta', ratio),
    row('Alpha per year', 'alpha', percent),
    row('R squared', 'rSquared', ratio),
    row('Tracking error per year', 'trackingError', percent),
    row('Information ratio', 'informationRatio', ratio),
    row('Capture when the benchmark rises', 'upCapture', percent, 'capture'),
    row('Capture when the benchmark falls', 'downCapture', percent, 'capture'),
  ]);
}
