import { writes } from './limits';
import type { PlannedStation } from './station';

const hoursPerMonth = 730;
const secondsPerMonth = hoursPerMonth * 3600;

/** Dollars in us-east-1, as of November 2026; where each comes from is in `docs/scale.md`. */
const price = {
  processorHour: 0.04048,
  gigabyteHour: 0.004445,
  writeUnit: 0.625e-6,
  readUnit: 0.125e-6,
  /** Standard, and the addition for fair queues: messages carry their user as group. */
  queueRequest: 0.4e-6 + 0.1e-6,
  publication: 0.5e-6,
  objectPut: 5e-6,
} as const;

/** Of one job without a retry; upper bounds where a batch is shared. */
const perJob = {
  writeUnits: Object.values(writes).reduce((sum, units) => sum + units, 0),
  readUnits: 4,
  queueRequests: 5, // sent, received, deleted; its event received, deleted
  publications: 1,
  objectPuts: 1,
} as const;

/** Processors and gigabytes of a task in `infra/cdk/src/environments.ts`. */
const sizes: Readonly<Record<string, readonly [number, number]>> = {
  gateway: [0.5, 1],
  worker: [1, 2],
  notifier: [0.25, 0.5],
};
/** Two tasks each of chat and metrics collector: their load is not simulated here. */
const otherTasks: readonly [number, number] = [2 * 0.5 + 2 * 0.25, 2 * 1 + 2 * 0.5];

/** Hours of load balancer, two NAT gateways and eight endpoints in two zones; a month of authority, firewall with its four rules. */
const fixed = hoursPerMonth * (0.0225 + 2 * 0.045 + 8 * 2 * 0.01) + 50 + 5 + 4;

/** Dollars a month, all tasks on demand: spare capacity costs about a third. Without storage, logs, traffic and models. */
export function monthlyCosts(stations: readonly PlannedStation[], jobsPerSecond: number) {
  const tasks = stations.map(({ name, servers }) => sizes[name]!.map((size) => size * servers));
  const [processors, gigabytes] = [0, 1].map((index) =>
    [...tasks, otherTasks].reduce((sum, size) => sum + size[index]!, 0),
  ) as [number, number];
  const compute = hoursPerMonth * (processors * price.processorHour + gigabytes * price.gigabyteHour);
  const oneJob =
    perJob.writeUnits * price.writeUnit +
    perJob.readUnits * price.readUnit +
    perJob.queueRequests * price.queueRequest +
    perJob.publications * price.publication +
    perJob.objectPuts * price.objectPut;
  const requests = secondsPerMonth * jobsPerSecond * oneJob;
  return { fixed, compute, requests, total: fixed + compute + requests, perMillionJobs: 1e6 * oneJob };
}
