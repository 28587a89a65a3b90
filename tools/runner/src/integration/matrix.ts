import type { TestOutcome } from './suites';

/** A row for each suite, a column for each backend: how many of its tests pass there. */
export function matrix(results: ReadonlyMap<string, readonly TestOutcome[]>): string {
  const suites = [...new Set([...results.values()].flat().map(({ suite }) => suite))].sort();
  const rows = suites.map((suite) => [
    suite,
    ...[...results.values()].map((outcomes) => {
      const own = outcomes.filter((each) => each.suite === suite);
      return `${own.filter(({ passed }) => passed).length}/${own.length}`;
    }),
  ]);
  const table = [['capability', ...results.keys()], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
