import { setTimeout as delay } from 'node:timers/promises';
import type { Answer } from './client';

/** What must be there for a route to answer. `aws` in brackets: only until what a gateway remembers of it has grown old. */
export type Need = 'chat' | 'aws' | '(aws)';

export interface Probe {
  readonly route: string;
  readonly needs: readonly Need[];
  /** The status while all is well. */
  readonly usually: number;
  readonly ask: () => Promise<Answer>;
}

export interface Seen extends Pick<Probe, 'route' | 'needs' | 'usually'> {
  readonly answer: Answer;
  readonly milliseconds: number;
}

const pauseMs = 400;
const pauseOfWorkMs = 1500;

/** Every route, asked again and again while something is dead. */
export class Probes {
  constructor(private readonly all: readonly Probe[]) {}

  /** One answer of each. */
  once(): Promise<Seen[]> {
    return Promise.all(this.all.map(seen));
  }

  /** All answers until `until` has come. */
  async during(until: Promise<unknown>): Promise<Seen[]> {
    let over = false;
    const all: Seen[] = [];
    void until.then(() => (over = true));
    await Promise.all(
      this.all.map(async (probe, index) => {
        const pause = probe.route.startsWith('GET') ? pauseMs : pauseOfWorkMs;
        // One after the other: all at once they would wait for each other, and for nothing that is dead.
        await delay((pause * index) / this.all.length);
        do {
          all.push(await seen(probe));
          await delay(pause);
        } while (!over);
      }),
    );
    return all;
  }

  /** Of an OpenAPI document: the routes that none of these asks. */
  unasked(paths: Readonly<Record<string, object>>): string[] {
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const asked = new Set(this.all.map(({ route }) => routeOf(route, routes)));
    return routes.filter((route) => !asked.has(route));
  }
}

async function seen({ ask, ...probe }: Probe): Promise<Seen> {
  const startedAt = performance.now();
  const answer = await ask();
  return { ...probe, answer, milliseconds: performance.now() - startedAt };
}

/** Of several that fit the one with the fewest parameters: `/quotes/stream` is not a `/quotes/{symbol}`. */
function routeOf(asked: string, routes: readonly string[]): string | undefined {
  const fits = (route: string) => new RegExp(`^${route.replace(/\{\w+\}/g, '[^/]+')}$`).test(asked.replace(/\?.*/, ''));
  const parameters = (route: string) => route.split('{').length;
  return routes.filter(fits).sort((a, b) => parameters(a) - parameters(b))[0];
}
