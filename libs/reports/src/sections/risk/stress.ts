import { isAvailable, type Stress } from '@stocktool/contracts';
import { bars } from '../../charts/bars';
import { percent, table, words } from '../../document/cells';
import type { Facts } from '../../document/facts';
import type { Section } from '../../document/report-document';
import { day, percentText, shareText } from '../../format';

type Row = Stress[number];

/** What crises of the past and sudden shocks would do to the portfolio. */
export function stress({ result, define, why }: Facts): Section | undefined {
  const rows = result.stress;
  if (!isAvailable<Stress>(rows) || rows.length === 0) return undefined;
  const chart = bars({
    id: 'stress',
    title: 'Return of the portfolio in each scenario',
    legend: [],
    tones: [{ above: 'gain', below: 'loss' }],
    names: ['return'],
    rows: rows.map(({ scenario, portfolioReturn }) => ({ name: scenario, values: [portfolioReturn] })),
  });
  const lines = rows.map((row, i) => ({
    name: row.scenario,
    cells: [
      words(whatHappens(row)),
      percent(row.portfolioReturn, why(`stress.${i}.portfolioReturn`)),
      { text: shareText(row.coverage) },
    ],
  }));
  const columns = [
    { name: 'Scenario' },
    { name: 'What happens', words: true as const },
    { name: 'Portfolio', term: define.of('stress') },
    { name: 'Covered', term: define.of('coverage', 'stress') },
  ];
  return {
    id: 'stress',
    title: 'Stress tests',
    note: "Today's weights through crises of the past and through sudden moves. Covered: the share of weight that had data; the return is that of the covered part.",
    blocks: [
      { kind: 'chart', chart },
      { kind: 'table', table: table({ name: 'Stress scenarios' }, columns, lines) },
    ],
  };
}

function whatHappens({ from, to, shock }: Row): string {
  if (shock) return `${shock.factor} moves by ${percentText(shock.move)}`;
  if (from !== undefined && to !== undefined) return `${day(from)} to ${day(to)}`;
  return '';
}
