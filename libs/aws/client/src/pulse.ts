import { Problem } from '@stocktool/contracts';

/** What `client.send` takes beside the command. */
export interface CallOptions {
  readonly abortSignal?: AbortSignal;
}

/** Runs one call with all its attempts. */
export type Calls = <Output>(send: (options: CallOptions) => Promise<Output>) => Promise<Output>;

/** For work that nobody waits for: a call takes as long as the client's own timeouts and retries let it. */
export const patiently: Calls = (send) => send({});

interface Waiting {
  /** Sent to see whether a silent service answers again. */
  readonly probe: boolean;
  readonly sinceMs: number;
  readonly abort: AbortController;
  readonly givenUp: PromiseWithResolvers<never>;
}

const defaultSilenceMs = 700;
const pauseMs = 500;
/** How much longer than `silenceMs` a service that answers slowly is waited for, and a probe goes on. */
const slowFactor = 3;

/**
 * For calls that a person waits for: whether a service answers at all. When calls wait and none has been answered for 700 ms,
 * they are given up with Problem `dependency-unavailable`, and from then on every call is refused at once but one at a time,
 * each half a second after the last, until one is answered. A service that is slow but answers is waited for: only silence
 * counts, so a busy machine or a long query is not taken for a dead one. Whoever sends such a single call is told as soon as
 * anybody, but the request goes on for 2.1 s: an answer that comes then tells that the service is slow, and as long as its
 * answers take more than 700 ms, silence is what lasts 2.1 s.
 */
export class Pulse {
  private readonly waiting = new Set<Waiting>();
  private answeredAtMs = 0;
  private silent = false;
  private patienceMs: number;
  private refusedUntilMs = 0;
  private timer: NodeJS.Timeout | undefined;

  /** `silenceMs`: more for a service that moves large bodies. */
  constructor(
    private readonly service: string,
    private readonly silenceMs = defaultSilenceMs,
  ) {
    this.patienceMs = silenceMs;
  }

  /** Nothing has been answered for so long that calls are refused. */
  get isSilent(): boolean {
    return this.silent;
  }

  readonly call: Calls = async (send) => {
    if (this.silent && (this.waiting.size > 0 || performance.now() < this.refusedUntilMs)) throw this.unanswered();
    const waiting: Waiting = {
      probe: this.silent,
      sinceMs: performance.now(),
      abort: new AbortController(),
      givenUp: Promise.withResolvers<never>(),
    };
    this.waiting.add(waiting);
    this.timer ??= this.look(this.patienceMs);
    const sent = send({ abortSignal: waiting.abort.signal });
    sent.then(
      () => this.answered(waiting),
      (error: unknown) => hasStatus(error) && this.answered(waiting),
    );
    try {
      return await Promise.race([sent, waiting.givenUp.promise]);
    } finally {
      this.waiting.delete(waiting);
    }
  };

  /** Also what has been given up and was answered after all. */
  private answered({ sinceMs }: Waiting): void {
    this.answeredAtMs = performance.now();
    this.silent = false;
    this.patienceMs = this.answeredAtMs - sinceMs > this.silenceMs ? this.silenceMs * slowFactor : this.silenceMs;
  }

  private look(inMs: number): NodeJS.Timeout {
    // After the poll phase: what arrived while this process itself was busy is read before it is missed.
    return setTimeout(() => setImmediate(() => this.judge()), inMs).unref();
  }

  private judge(): void {
    this.timer = undefined;
    const [oldest] = this.waiting;
    if (!oldest) return;
    const silentForMs = performance.now() - Math.max(oldest.sinceMs, this.answeredAtMs);
    if (silentForMs < this.patienceMs) {
      this.timer = this.look(this.patienceMs - silentForMs);
      return;
    }
    this.silent = true;
    this.refusedUntilMs = performance.now() + pauseMs;
    for (const { probe, abort, givenUp } of this.waiting) {
      givenUp.reject(this.unanswered());
      if (probe) setTimeout(() => abort.abort(), this.silenceMs * (slowFactor - 1)).unref();
      else abort.abort();
    }
  }

  private unanswered(): Problem {
    return new Problem('dependency-unavailable', `${this.service} does not answer.`, { retryAfterSeconds: 2 });
  }
}

/** An error that the service itself told. */
const hasStatus = (error: unknown): boolean =>
  error instanceof Error &&
  '$metadata' in error &&
  (error.$metadata as { httpStatusCode?: number }).httpStatusCode !== undefined;
