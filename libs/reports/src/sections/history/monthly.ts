import { empty, percent, table } from '../../document/cells';
import type { Facts } from '../../document/facts';
import type { Cell, Section } from '../../document/report-document';
import { months } from '../../format';

/** A month of this has the full colour where none is larger: a quiet month alone is no large one. */
const fullColour = 0.05;

/** Months in a row, a year in each line; the fuller the colour the larger the gain or loss. */
export function monthly({ result, define }: Facts): Section | undefined {
  const rows = result.portfolio.monthly;
  if (!rows || rows.length === 0) return undefined;
  const returns = new Map(rows.map((row) => [`${row.year}-${row.month}`, row.return]));
  const largest = Math.max(fullColour, ...rows.map((row) => Math.abs(row.return ?? 0)));
  const cell = (year: number, month: number): Cell => {
    const value = returns.get(`${year}-${month}`);
    if (value === undefined) return empty;
    const made = short(percent(value));
    return typeof value === 'number'
      ? { ...made, tint: { tone: value < 0 ? 'loss' : 'gain', strength: Math.abs(value) / largest } }
      : made;
  };
  const years = [...new Set(rows.map(({ year }) => year))].sort((a, b) => a - b);
  const term = define.of('monthly');
  const lines = years.map((year) => ({
    name: String(year),
    cells: [
      ...months.map((_, i) => cell(year, i + 1)),
      short(percent(ofYear(rows.filter((row) => row.year === year)))),
    ],
  }));
  const columns = [
    { name: 'Year' },
    ...months.map((name) => ({ name, term })),
    { name: 'Year', term: define.of('year') },
  ];
  return {
    id: 'monthly',
    title: 'Monthly returns',
    note: 'In percent. The first and the last month may be incomplete.',
    blocks: [{ kind: 'table', table: table({ name: 'Monthly returns in percent', dense: true }, columns, lines) }],
  };
}

/** The heading says percent. */
const short = (cell: Cell): Cell => ({ ...cell, text: cell.text.replace('%', '') });

const ofYear = (rows: readonly { return: number | null }[]): number | null =>
  rows.reduce<number | null>(
    (total, row) => (total === null || row.return === null ? null : (1 + total) * (1 + row.return) - 1),
    0,
  );
