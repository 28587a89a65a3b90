import { Earliest } from './earliest';
import { drawDuration, exponential, seededUniform } from './random';
import type { Prediction } from './queueing';
import type { Station } from './station';

export interface Run {
  readonly arrivalsPerSecond: number;
  readonly jobs: number;
  readonly seed: number;
}

export interface Simulated extends Prediction {
  readonly station: string;
}

/** Of the jobs, at the beginning: they find an empty system and are not counted. */
const warmUpShare = 0.1;

/**
 * Jobs through stations one after the other, event by event: each takes its place in the one line of a station, is served by
 * whichever server is free first, and arrives at the next when it is done. The same seed gives the same figures.
 */
export function simulate(stations: readonly Station[], { arrivalsPerSecond, jobs, seed }: Run): Simulated[] {
  const uniform = seededUniform(seed);
  let arrivals = new Float64Array(jobs);
  let now = 0;
  for (let job = 0; job < jobs; job++) arrivals[job] = now += exponential(uniform, 1 / arrivalsPerSecond);
  return stations.map((station) => {
    const { departures, figures } = through(station, arrivals, uniform);
    arrivals = departures.sort();
    return figures;
  });
}

function through({ name, servers, service }: Station, arrivals: Float64Array, uniform: () => number) {
  const departures = new Float64Array(arrivals.length);
  const free = new Earliest(servers);
  const firstCounted = Math.floor(arrivals.length * warmUpShare);
  let [waited, worked] = [0, 0];
  for (let job = 0; job < arrivals.length; job++) {
    const arrival = arrivals[job]!;
    const begin = Math.max(arrival, free.first);
    const seconds = drawDuration(uniform, service);
    departures[job] = begin + seconds;
    free.replaceFirst(begin + seconds);
    if (job < firstCounted) continue;
    waited += begin - arrival;
    worked += seconds;
  }
  const counted = arrivals.length - firstCounted;
  const observedSeconds = arrivals[arrivals.length - 1]! - arrivals[firstCounted]!;
  const figures: Simulated = {
    station: name,
    utilisation: worked / observedSeconds / servers,
    waitSeconds: waited / counted,
    responseSeconds: (waited + worked) / counted,
    jobs: (waited + worked) / observedSeconds,
  };
  return { departures, figures };
}
