import { Worker, type ResourceLimits } from 'node:worker_threads';
import { Problem } from '@stocktool/contracts';

export interface ThreadLineOptions {
  /** For errors: "a report". */
  readonly what: string;
  readonly mostWaiting: number;
  /** Of them, so that one user leaves the line to others. */
  readonly mostOfOneUser: number;
  readonly timeoutMs: number;
  /** An idle thread holds memory, and the next job may be hours away. */
  readonly idleMs: number;
  readonly start: () => Worker;
}

/** What the program of the thread answers to each job. */
export type ThreadReply<Made> = { readonly made: Made } | { readonly failure: string };

/**
 * Does jobs in a thread, one at a time: what takes long enough to hold up every other request. The thread starts with the first
 * job and ends after a while without one; what it cannot do in time ends with it.
 */
export class ThreadLine<Job, Made> {
  private thread: Worker | undefined;
  private idle: NodeJS.Timeout | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private readonly waitingOf = new Map<string, number>();

  constructor(private readonly options: ThreadLineOptions) {}

  /** The job is loaded when its turn has come, so that no line of inputs waits in memory; Problem when the line is too long. */
  async run(userId: string, load: () => Promise<Job>): Promise<Made> {
    const { mostWaiting, mostOfOneUser, what } = this.options;
    const own = this.waitingOf.get(userId) ?? 0;
    if (own >= mostOfOneUser)
      throw new Problem('dependency-unavailable', `You are waiting for ${what} ${own} times already.`, {
        retryAfterSeconds: 5,
      });
    if (this.waiting >= mostWaiting)
      throw new Problem('dependency-unavailable', `Too many are waiting for ${what}.`, { retryAfterSeconds: 5 });
    this.waiting++;
    this.waitingOf.set(userId, own + 1);
    const made = this.last.then(async () => this.make(await load())).finally(() => this.leave(userId));
    this.last = made.catch(() => undefined);
    return made;
  }

  async close(): Promise<void> {
    clearTimeout(this.idle);
    await this.thread?.terminate();
  }

  private leave(userId: string): void {
    this.waiting--;
    const others = (this.waitingOf.get(userId) ?? 1) - 1;
    if (others > 0) this.waitingOf.set(userId, others);
    else this.waitingOf.delete(userId);
  }

  private async make(job: Job): Promise<Made> {
    clearTimeout(this.idle);
    const { what, timeoutMs, idleMs } = this.options;
    const thread = (this.thread ??= this.options.start());
    const { promise, resolve, reject } = Promise.withResolvers<ThreadReply<Made>>();
    const timer = setTimeout(() => reject(new Error(`${what} took longer than ${timeoutMs} ms`)), timeoutMs);
    const onExit = () => reject(new Error(`the thread that makes ${what} ended`));
    thread.once('message', resolve).once('error', reject).once('exit', onExit);
    let reply: ThreadReply<Made>;
    try {
      thread.postMessage(job);
      reply = await promise;
    } catch (error) {
      this.end(thread);
      throw error;
    } finally {
      clearTimeout(timer);
      thread.off('message', resolve).off('error', reject).off('exit', onExit);
    }
    this.idle = setTimeout(() => this.end(thread), idleMs).unref();
    if ('failure' in reply) throw new Error(`${what} could not be made`, { cause: reply.failure });
    return reply.made;
  }

  private end(thread: Worker): void {
    if (this.thread === thread) this.thread = undefined;
    void thread.terminate();
  }
}

/**
 * Starts `<name>.thread.ts`, which lies beside the module `from`. Bundled, the program lies beside the main one; from source it is
 * TypeScript, which a thread loads through the workspace's hooks.
 */
export function startThread(name: string, from: string, resourceLimits: ResourceLimits): Worker {
  const bundled = !from.endsWith('.ts');
  const hooks = new URL('../../../tools/typescript-hooks.mjs', import.meta.url).href;
  const options = bundled ? { resourceLimits } : { resourceLimits, execArgv: ['--import', hooks] };
  const thread = new Worker(new URL(`./${name}.thread.${bundled ? 'js' : 'ts'}`, from), options);
  thread.unref();
  return thread;
}
