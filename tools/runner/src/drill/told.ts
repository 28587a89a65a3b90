import type { IncidentReport } from './drill';

const seconds = (value: number): string => `${value.toFixed(2)} s`;

/** The report of an incident for people. */
export function told({ incident, harm, harmSeconds, facts, restored, load, ...report }: IncidentReport): string {
  const kinds = Object.keys(facts.afterRestore)
    .map((kind) => `${kind} ${facts.afterIncident[kind] ?? 0} → ${facts.afterRestore[kind]}`)
    .join(', ');
  return [
    `${incident}: ${harm} in ${seconds(harmSeconds)}.`,
    ...restored.map(
      (one) =>
        `  ${JSON.stringify(one, (_name, value: unknown) => (typeof value === 'number' ? Number(value.toFixed(3)) : value))}`,
    ),
    `Facts as the API shows them, after it → after the restore, of ${facts.written}: ${kinds}.`,
    `Writes under way: ${load.acknowledged} acknowledged, ${load.refused} refused, ${load.lost} lost, ${load.lostOutside} of them outside of the restore's own gap.`,
    `RPO ${seconds(report.rpoSeconds)} (oldest lost write to the end of the incident)`,
    `RTO ${seconds(report.rtoSeconds)} (its beginning to everything looked at; of it looking ${seconds(report.verifySeconds)})`,
    '',
  ].join('\n');
}
