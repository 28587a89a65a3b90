import type { Score } from './score';

export interface GroupRow {
  readonly group: string;
  readonly questions: number;
  readonly tools: string;
  readonly numbers: string;
  readonly citations: string;
  readonly refusals: string;
  readonly marked: string;
}

const of = (right: number, all: number): string => (all === 0 ? '' : `${right}/${all}`);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** One row for each group, and one for all. */
export function groupRows(scores: readonly Score[]): GroupRow[] {
  const groups = Map.groupBy(scores, ({ group }) => group);
  return [...groups].map(([group, rows]) => rowOf(group, rows)).concat(rowOf('all', scores));
}

function rowOf(group: string, rows: readonly Score[]): GroupRow {
  const judged = (kind: 'cited' | 'refused') => rows.flatMap((row) => (row[kind] === undefined ? [] : [row[kind]]));
  const share = (verdicts: readonly boolean[]) => of(verdicts.filter(Boolean).length, verdicts.length);
  return {
    group,
    questions: rows.length,
    tools: share(rows.map(({ tools }) => tools)),
    numbers: of(sum(rows.map(({ figures }) => figures?.right ?? 0)), sum(rows.map(({ figures }) => figures?.all ?? 0))),
    citations: share(judged('cited')),
    refusals: share(judged('refused')),
    marked: of(sum(rows.map(({ numbers }) => numbers.marked.length)), sum(rows.map(({ numbers }) => numbers.all))),
  };
}

export const missLines = (scores: readonly Score[]): string[] =>
  scores.flatMap(({ id, misses }) => misses.map((miss) => `${id}: ${miss}`));

/** A number that a tool gave and that is marked all the same is a false alarm: people are to look at these. */
export const markLines = (scores: readonly Score[]): string[] =>
  scores.flatMap(({ id, numbers }) => numbers.marked.map((text) => `${id}: marked: ${JSON.stringify(text)}`));
