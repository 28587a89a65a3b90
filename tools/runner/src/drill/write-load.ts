import { isDeepStrictEqual } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import { DrillUser } from './drill-user';

/** As many as one user may have. */
const seriesPerUser = 100;
const pauseMs = 150;

export interface Write {
  readonly startedAtMs: number;
  readonly acknowledgedAtMs: number;
  isThere(): Promise<boolean>;
}

/** Users who write without a break; what was acknowledged is known with its time, what was refused is counted. */
export class WriteLoad {
  readonly writes: Write[] = [];
  refused = 0;
  private readonly stopped = new AbortController();
  private work: Promise<unknown> = Promise.resolve();

  static async start(baseUrl: string, userCount: number): Promise<WriteLoad> {
    const load = new WriteLoad();
    const users = await Promise.all(Array.from({ length: userCount }, () => DrillUser.register(baseUrl)));
    load.work = Promise.all(users.map((user, index) => load.writeOn(user, index)));
    return load;
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.work;
  }

  private async writeOn(user: DrillUser, index: number): Promise<void> {
    for (let count = 0; count < seriesPerUser && !this.stopped.signal.aborted; count++) {
      const name = `LOAD-${count}`;
      const closes = Array.from({ length: 20 }, (_, day) => 10 + index + count + day);
      const startedAtMs = Date.now();
      try {
        await user.putSeries(name, closes);
        this.writes.push({
          startedAtMs,
          acknowledgedAtMs: Date.now(),
          isThere: async () => isDeepStrictEqual(await user.series(name), closes),
        });
      } catch {
        this.refused++;
      }
      await delay(pauseMs);
    }
  }
}
