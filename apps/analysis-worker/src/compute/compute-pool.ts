import { Worker } from 'node:worker_threads';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Problem } from '@stocktool/contracts';
import type { ComputedAnalysis, ComputeJob, ThreadReply } from './compute-job';

export interface ComputePoolOptions {
  readonly threads: number;
  /** Longer jobs are ended with their thread. The time in line does not count. */
  readonly jobTimeoutMs: number;
  /** Tests replace the program that a thread runs. */
  readonly startThread?: () => Worker;
}

interface Job {
  readonly input: ComputeJob;
  /** A thread has taken the job. */
  readonly begin: () => void;
  readonly settle: (outcome: ThreadReply | Error) => void;
}

/**
 * Threads that compute, one job each at a time; further jobs wait, as many as the queue's consumer lets through. A thread that
 * dies takes its job with it, never another; the next job gets a new one. Abort and timeout end the thread: a computation has
 * no other way to be stopped.
 */
export class ComputePool implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly idle: Worker[] = [];
  private readonly busy = new Map<Worker, Job>();
  private readonly waiting: Job[] = [];
  private closed = false;

  constructor(private readonly options: ComputePoolOptions) {}

  /** The first job shall not pay for starting a thread; the others, of 14 MB each, start when jobs first overlap. */
  onApplicationBootstrap(): void {
    if (this.idle.length === 0) this.idle.push(this.start());
  }

  run(input: ComputeJob, signal: AbortSignal): Promise<ComputedAnalysis> {
    return new Promise((resolve, reject) => {
      const stop = (reason: Error) => this.end(job, reason);
      let timer: NodeJS.Timeout | undefined;
      const onAbort = () => stop(new Error('computing was aborted', { cause: signal.reason }));
      const job: Job = {
        input,
        begin: () => {
          const { jobTimeoutMs } = this.options;
          timer = setTimeout(() => stop(new Error(`computing took longer than ${jobTimeoutMs} ms`)), jobTimeoutMs);
        },
        settle: (outcome) => {
          clearTimeout(timer);
          signal.removeEventListener('abort', onAbort);
          if (outcome instanceof Error) reject(outcome);
          else if (outcome.kind === 'computed') resolve(outcome.analysis);
          else reject(errorOf(outcome));
        },
      };
      if (this.closed) return job.settle(new Error('the pool is closed'));
      signal.addEventListener('abort', onAbort, { once: true });
      this.waiting.push(job);
      if (signal.aborted) onAbort();
      else this.next();
    });
  }

  async onApplicationShutdown(): Promise<void> {
    this.closed = true;
    for (const job of this.waiting.splice(0)) job.settle(new Error('the pool is closed'));
    const threads = [...this.idle.splice(0), ...this.busy.keys()];
    await Promise.all(threads.map((thread) => thread.terminate()));
  }

  private next(): void {
    const hasRoom = this.idle.length > 0 || this.busy.size < this.options.threads;
    const job = hasRoom ? this.waiting.shift() : undefined;
    if (!job) return;
    const thread = this.idle.pop() ?? this.start();
    this.busy.set(thread, job);
    job.begin();
    thread.postMessage(job.input);
  }

  private start(): Worker {
    const thread = (this.options.startThread ?? startAnalysisThread)();
    thread.on('message', (reply: ThreadReply) => {
      const job = this.busy.get(thread);
      this.busy.delete(thread);
      this.idle.push(thread);
      job?.settle(reply);
      this.next();
    });
    thread.on('error', (error) => this.lose(thread, new Error('the computing thread failed', { cause: error })));
    thread.on('exit', () => this.lose(thread, new Error('the computing thread ended')));
    thread.unref();
    return thread;
  }

  private lose(thread: Worker, reason: Error): void {
    const position = this.idle.indexOf(thread);
    if (position >= 0) this.idle.splice(position, 1);
    const job = this.busy.get(thread);
    this.busy.delete(thread);
    job?.settle(reason);
    if (!this.closed) this.next();
  }

  /** Out of the line when it still waits; otherwise with its thread. */
  private end(job: Job, reason: Error): void {
    const position = this.waiting.indexOf(job);
    if (position >= 0) this.waiting.splice(position, 1);
    const thread = [...this.busy].find(([, running]) => running === job)?.[0];
    job.settle(reason);
    if (!thread) return;
    this.lose(thread, reason);
    void thread.terminate();
  }
}

function errorOf(reply: Exclude<ThreadReply, { kind: 'computed' }>): Error {
  if (reply.kind === 'refused') return new Problem(reply.code, reply.detail);
  return Object.assign(new Error(reply.message), { stack: reply.stack });
}

/** A computation needs little memory, and makes much short-lived: a small nursery keeps a thread small, and costs nothing that shows. */
const resourceLimits = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 512 };

/** Bundled, the program lies beside ours; from source it is TypeScript, which a thread loads through the same hooks. */
function startAnalysisThread(): Worker {
  if (!import.meta.url.endsWith('.ts'))
    return new Worker(new URL('./analysis.thread.js', import.meta.url), { resourceLimits });
  const hooks = new URL('../../../../tools/typescript-hooks.mjs', import.meta.url).href;
  return new Worker(new URL('./analysis.thread.ts', import.meta.url), {
    execArgv: ['--import', hooks],
    resourceLimits,
  });
}
