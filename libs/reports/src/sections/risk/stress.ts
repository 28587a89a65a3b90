import { isAvailable, type Stress } from '@stocktool/contracts';
import { bars } from '../../charts/bars';
import { empty, percent, table, words } from '../../document/cells';
import type { Facts } from '../../document/facts';
import type { Row, Section, Table } from '../../document/report-document';
import { day, percentText, shareText } from '../../format';

type Scenario = Stress[number];

/** What crises of the past and sudden shocks would do to the portfolio. */
export function stress(facts: Facts): Section | undefined {
  const rows = facts.result.stress;
  if (!isAvailable<Stress>(rows) || rows.length === 0) return undefined;
  const chart = bars({
    id: 'stress',
    title: 'Return of the portfolio in each scenario',
    legend: [],
    tones: [{ above: 'gain', below: 'loss' }],
    names: ['return'],
    rows: rows.map(({ scenario, portfolioReturn }) => ({ name: scenario, values: [portfolioReturn] })),
  });
  return {
    id: 'stress',
    title: 'Stress tests',
    note: "Today's weights through crises of the past and through sudden moves. Covered: the share of weight that has data; the return is that of the covered part.",
    blocks: [
      {
        kind: 'chart',
        chart,
        terms: ['stressHistorical', 'stressShock', 'stressCorrelation'].map((key) => facts.define.of(key)),
      },
      { kind: 'table', table: scenarioTable(facts, rows) },
    ],
  };
}

function scenarioTable({ define, why, benchmark }: Facts, rows: Stress): Table {
  const held = rows.some(({ heldReturn }) => heldReturn !== undefined);
  const compared = rows.some(({ benchmarkReturn }) => benchmarkReturn !== undefined);
  const coverage = define.of('stressCoverage', 'coverage');
  const line = (row: Scenario, i: number): Row => {
    const noData = row.coverage === 0 ? 'no holding has data for this scenario' : undefined;
    const cell = (field: 'portfolioReturn' | 'heldReturn' | 'benchmarkReturn') =>
      row[field] === undefined ? empty : percent(row[field], why(`stress.${i}.${field}`) ?? noData);
    return {
      name: row.scenario,
      term: define.of(kindOf(row), 'stress'),
      cells: [
        words(whatHappens(row)),
        cell('portfolioReturn'),
        ...(held ? [cell('heldReturn')] : []),
        ...(compared ? [cell('benchmarkReturn')] : []),
        { text: shareText(row.coverage) },
      ],
    };
  };
  const columns = [
    { name: 'Scenario' },
    { name: 'What happens', words: true as const },
    { name: 'Portfolio' },
    ...(held ? [{ name: 'Bought and held' }] : []),
    ...(compared ? [{ name: benchmark }] : []),
    { name: 'Covered', term: coverage },
  ];
  return table({ name: 'Stress scenarios' }, columns, rows.map(line));
}

const kindOf = ({ from, shock }: Scenario): string =>
  from !== undefined ? 'stressHistorical' : shock?.factor === 'correlation' ? 'stressCorrelation' : 'stressShock';

function whatHappens({ from, to, shock, atMeasuredCorrelation, uncovered }: Scenario): string {
  const without = uncovered.length === 0 ? '' : `, without ${named(uncovered)}`;
  if (from !== undefined && to !== undefined) return `${day(from)} to ${day(to)}${without}`;
  if (shock?.factor === 'correlation') {
    const measured =
      typeof atMeasuredCorrelation === 'number' ? `; at those measured ${percentText(atMeasuredCorrelation)}` : '';
    return `every correlation becomes 1${measured}${without}`;
  }
  return shock ? `${shock.factor} moves by ${shareText(shock.move)}${without}` : without.replace(', ', '');
}

const mostNamed = 4;
const named = (symbols: readonly string[]): string =>
  symbols.length <= mostNamed
    ? symbols.join(', ')
    : `${symbols.slice(0, mostNamed).join(', ')} and ${symbols.length - mostNamed} more`;
