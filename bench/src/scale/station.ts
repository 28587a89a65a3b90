import { z } from 'zod';
import { median } from '../statistics';
import type { Duration } from './random';

export interface Station {
  readonly name: string;
  /** Tasks, each with one line of work: a Node process has one thread for all it does, a worker of one processor one for computing. */
  readonly servers: number;
  readonly service: Duration;
}

const Shares = z.object({ accept: z.number(), queue: z.number(), work: z.number(), notify: z.number() });
const Row = z.object({ jobsPerSecond: z.number(), p50Ms: z.number(), p99Ms: z.number(), shares: Shares });

/** What `npm run bench -- flow` keeps, as far as it is used here: the least load first. */
export const FlowResult = z.object({ measuredAt: z.string(), latencies: z.tuple([Row], Row) });
/** Of `npm run bench -- fairness`: how long one gateway took to accept a flood. */
export const FairnessResult = z.object({
  measuredAt: z.string(),
  floodJobs: z.number(),
  rounds: z.array(z.object({ acceptedMs: z.number() })).min(1),
});

export interface Measured {
  readonly flow: z.infer<typeof FlowResult>;
  readonly fairness: z.infer<typeof FairnessResult>;
}

/**
 * Tasks in production, as in `infra/cdk/src/environments.ts`: processors of each, and the least and most there are. The measuring machine's
 * core counts as one processor, so a task with half of one takes twice as long.
 */
const tasks = [
  { name: 'gateway', hop: 'accept', processors: 0.5, least: 2, most: 20 },
  { name: 'worker', hop: 'work', processors: 1, least: 2, most: 100 },
  { name: 'notifier', hop: 'notify', processors: 0.25, least: 2, most: 20 },
] as const;

/** Of the processor, where scaling adds tasks: `busyPercent` of `infra/cdk/src/services/scaling.ts`. */
export const busy = 0.6;

export interface PlannedStation extends Station {
  /** What the environment allows; more are needed where `servers` is above it. */
  readonly most: number;
}

/**
 * How long a hop keeps its process busy, on a core of the measuring machine. The gateway: the time of a flood over its jobs, which one process
 * accepted side by side; the rest of an accept is waiting for AWS, in which it accepts others. Worker and notifier: the whole hop, its share of
 * the median at the least load. Both are upper bounds, so task counts are upper bounds too.
 */
function busySeconds({ flow, fairness }: Measured, hop: (typeof tasks)[number]['hop']): number {
  const [least] = flow.latencies;
  if (hop !== 'accept') return (least.shares[hop] * least.p50Ms) / 1000;
  return median(fairness.rounds.map(({ acceptedMs }) => acceptedMs)) / fairness.floodJobs / 1000;
}

/** Seconds of an accept in which its gateway is free for others. */
export const overlappedSeconds = (measured: Measured): number => {
  const [least] = measured.flow.latencies;
  return (least.shares.accept * least.p50Ms) / 1000 - busySeconds(measured, 'accept');
};

/** Times are spread as the whole is: the ratio of p99 to p50, taken as that of a log-normal distribution (z of 0.99 is 2.3263). */
function squaredVariationOf({ flow }: Measured): number {
  const [least] = flow.latencies;
  return Math.exp((Math.log(least.p99Ms / least.p50Ms) / 2.3263) ** 2) - 1;
}

/** The stations that this rate needs in production. */
export function plan(measured: Measured, arrivalsPerSecond: number): PlannedStation[] {
  return tasks.map(({ name, hop, processors, least, most }) => {
    const meanSeconds = busySeconds(measured, hop) / processors;
    const servers = Math.max(least, Math.ceil((arrivalsPerSecond * meanSeconds) / busy));
    return { name, servers, most, service: { meanSeconds, squaredVariation: squaredVariationOf(measured) } };
  });
}

/** The machine of the measurement itself: one process for each hop, a whole core to it. */
export const asMeasured = (measured: Measured): Station[] =>
  tasks.map(({ name, hop }) => ({
    name,
    servers: 1,
    service: { meanSeconds: busySeconds(measured, hop), squaredVariation: squaredVariationOf(measured) },
  }));
