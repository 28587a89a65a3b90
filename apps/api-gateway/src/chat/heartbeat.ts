import { setTimeout as delay } from 'node:timers/promises';
import type { CallOptions, Pulse } from '@stocktool/aws-client';
import { Problem } from '@stocktool/contracts';

/** Most calls are answered before the first beat. */
const beatEveryMs = 100;

interface Watched {
  readonly silent: (problem: Problem) => void;
  readonly patienceMs: number;
}

/**
 * Whether a service is alive while its answers take their time: as long as calls are watched it is pinged, and a pulse judges the pings.
 * A process that hangs keeps its connections and answers no ping; one that works long on an answer does.
 */
export class Heartbeat {
  private readonly watched = new Set<Watched>();
  private beating = false;
  private silentSinceMs: number | undefined;

  constructor(
    private readonly pulse: Pulse,
    private readonly ping: (options: CallOptions) => Promise<void>,
  ) {}

  /**
   * Watches one call, until what this gives is called: `silent` is told the problem when pings remain unanswered, `patienceMs` after the
   * pulse has found it out. Throws Problem `dependency-unavailable` while the service is known to be silent.
   */
  async watch(silent: Watched['silent'], patienceMs = 0): Promise<() => void> {
    if (this.pulse.isSilent) await this.look();
    const one = { silent, patienceMs };
    this.watched.add(one);
    void this.beatOn();
    return () => void this.watched.delete(one);
  }

  /**
   * One ping, before what must not be sent into a process that hangs. Problem `dependency-unavailable` when the service is silent; a ping
   * that fails by itself says nothing: what is sent then finds out.
   */
  async look(): Promise<void> {
    await this.beat().catch((error: unknown) => {
      if (error instanceof Problem) throw error;
    });
  }

  private async beat(): Promise<void> {
    await this.pulse.call((options) => this.ping(options));
    this.silentSinceMs = undefined;
  }

  /** Beats do not wait for each other: of several processes one that hangs must not speak for all. */
  private async beatOn(): Promise<void> {
    if (this.beating) return;
    this.beating = true;
    while (this.watched.size > 0) {
      await delay(beatEveryMs, undefined, { ref: false });
      if (this.watched.size > 0) this.beat().catch((error: unknown) => this.missed(error));
    }
    this.beating = false;
  }

  /** A single ping that is lost says nothing; the pulse does. */
  private missed(error: unknown): void {
    if (!(error instanceof Problem) || !this.pulse.isSilent) return;
    const now = performance.now();
    this.silentSinceMs ??= now;
    for (const one of this.watched) {
      if (now - this.silentSinceMs < one.patienceMs) continue;
      this.watched.delete(one);
      one.silent(error);
    }
  }
}
