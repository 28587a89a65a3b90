import type { DrillReport } from './drill';

const seconds = (value: number): string => `${value.toFixed(2)} s`;

/** The report for people. */
export function told({ facts, lost, tables, objects, load, ...report }: DrillReport): string {
  const kinds = Object.keys(facts.afterRestore)
    .map((kind) => `${kind} ${facts.afterLoss[kind] ?? 0} → ${facts.afterRestore[kind]}`)
    .join(', ');
  const rows = tables.map(
    ({ table, restored, present, erased, seconds: took }) =>
      `  ${table}: ${restored} items back, ${present} there already, ${erased} of erased accounts left out; ` +
      `until restorable ${seconds(took.untilRestorable)}, restore ${seconds(took.restore)}, copy ${seconds(took.copyBack)}`,
  );
  return [
    `Lost in ${seconds(lost.seconds)}: ${lost.items} items, ${lost.objects} objects.`,
    ...rows,
    `  objects: ${objects.restored} back in ${seconds(objects.seconds)}`,
    `Facts as the API shows them, after the loss → after the restore, of ${facts.written}: ${kinds}.`,
    `Writes under way: ${load.acknowledged} acknowledged, ${load.refused} refused, ${load.lost} lost, ${load.lostOutside} of them outside of the restore's own gap.`,
    `RPO ${seconds(report.rpoSeconds)} (oldest lost write to the end of the loss)`,
    `RTO ${seconds(report.rtoSeconds)} (beginning of the loss to everything looked at; of it looking ${seconds(report.verifySeconds)})`,
  ].join('\n');
}
