import type { Duration } from './random';

export interface Prediction {
  /** Share of the time that a server works. */
  readonly utilisation: number;
  /** Seconds in line, of all jobs, those that need not wait included. */
  readonly waitSeconds: number;
  readonly responseSeconds: number;
  /** Jobs in line and in work, by Little's law. */
  readonly jobs: number;
}

/** Share of the jobs of an M/M/c queue that have to wait (Erlang's C formula, by the recursion of his B formula). */
export function erlangC(servers: number, offered: number): number {
  let blocked = 1;
  for (let count = 1; count <= servers; count++) blocked = (offered * blocked) / (count + offered * blocked);
  const utilisation = offered / servers;
  return blocked / (1 - utilisation * (1 - blocked));
}

/**
 * What jobs that arrive at random find at c servers with one line. Waits of M/M/c by Erlang, of M/D/c by Cosmetatos (1975), kept under
 * its limit for little traffic, c / (c + 1) of the former; between the two by the variation of the service time (the interpolation of
 * Björklund and Elldin), which is exact for one server (Pollaczek and Khinchine). Infinite where servers cannot keep up.
 */
export function predict(arrivalsPerSecond: number, servers: number, service: Duration): Prediction {
  const offered = arrivalsPerSecond * service.meanSeconds;
  const utilisation = offered / servers;
  if (utilisation >= 1) return { utilisation, waitSeconds: Infinity, responseSeconds: Infinity, jobs: Infinity };
  const random = (erlangC(servers, offered) * service.meanSeconds) / (servers * (1 - utilisation));
  const correction =
    ((1 - utilisation) * (servers - 1) * (Math.sqrt(4 + 5 * servers) - 2)) / (16 * utilisation * servers);
  const constant = random * Math.min(0.5 * (1 + correction), servers / (servers + 1));
  const waitSeconds = service.squaredVariation * random + (1 - service.squaredVariation) * constant;
  const responseSeconds = waitSeconds + service.meanSeconds;
  return { utilisation, waitSeconds, responseSeconds, jobs: arrivalsPerSecond * responseSeconds };
}
