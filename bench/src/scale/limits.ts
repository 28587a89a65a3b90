import { busy, type PlannedStation } from './station';

interface Limit {
  readonly what: string;
  /** Units a second. */
  readonly most: number;
  readonly unitsPerJob: number;
}

/** Of one partition of a table or index, whatever the table's own capacity. */
const partitionWrites = 1000;
/** Default quota of an on-demand table, and of each of its indexes. */
const tableWrites = 40_000;

/**
 * Writes of one job, in units of 1 kB begun. A change of an index key is two, one takes out and one puts in. The state of an analysis
 * (`libs/analyses/src/analysis.table.ts`) is under 1 kB, with its event under 2; a delivery (`libs/subscriptions/src/delivery.table.ts`) is
 * under 2; the request of twenty holdings is under 2.
 */
export const writes = {
  analyses: 2 + 1 + 1 + 2 + 2, // request, queued, started, completed, event cleared
  queued: 1 + 2 + 1, // put in, moved by the lease, taken out at the end
  outbox: 2 + 2, // put in with the event, taken out when it is published
  subscriptions: 2 + 2 + 1 + 2 + 2, // created, claimed, counted, numbered, settled
  retry: 2 + 4 + 2 + 2, // put in, moved by the claim, rewritten by the number, taken out
} as const;

const limits: readonly Limit[] = [
  { what: "subscriptions, due-index, 'retry'", most: partitionWrites, unitsPerJob: writes.retry },
  { what: 'analyses, all of one user', most: partitionWrites, unitsPerJob: writes.analyses },
  { what: "analyses, due-index, 'queued'", most: partitionWrites, unitsPerJob: writes.queued },
  { what: "analyses, due-index, 'outbox'", most: partitionWrites, unitsPerJob: writes.outbox },
  { what: 'S3, PUT to one prefix', most: 3500, unitsPerJob: 1 },
  { what: 'subscriptions, due-index', most: tableWrites, unitsPerJob: writes.retry },
  { what: 'subscriptions, table', most: tableWrites, unitsPerJob: writes.subscriptions },
  { what: 'analyses, table', most: tableWrites, unitsPerJob: writes.analyses },
  { what: 'SNS, publish (us-east-1)', most: 30_000, unitsPerJob: 1 },
];

/** Each limit with the jobs a second at which it is reached, the lowest first: those of AWS, and the most tasks that production allows. */
export function ceilings(stations: readonly PlannedStation[]) {
  const ofTasks = stations.map(({ name, most, service }) => ({
    what: `${name}, ${most} tasks`,
    jobsPerSecond: (most * busy) / service.meanSeconds,
  }));
  const ofAws = limits.map(({ what, most, unitsPerJob }) => ({ what, jobsPerSecond: most / unitsPerJob }));
  return [...ofTasks, ...ofAws].sort((a, b) => a.jobsPerSecond - b.jobsPerSecond);
}
