import type { Worker } from 'node:worker_threads';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { callHelpersBack, giveUp, hasOpenBlocks, resume, type SharedSimulation } from '@stocktool/analytics';
import { Problem } from '@stocktool/contracts';
import type { ComputedAnalysis, ComputeJob, ThreadNews, ThreadReply, ThreadTask } from './compute-job';
import { startAnalysisThread } from './compute-thread';

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
  readonly tell: (fraction: number) => void;
  readonly settle: (outcome: ThreadReply | Error) => void;
  /** While it runs, and other threads may help. */
  simulation?: SharedSimulation;
}

/**
 * Threads that compute, one job each at a time; further jobs wait, as many as the queue's consumer lets through. A thread that
 * dies takes its job with it, never another; the next job gets a new one. Abort and timeout end the thread: a computation has
 * no other way to be stopped. A thread without a job helps with the simulation of another's, and leaves it as soon as a job waits.
 */
export class ComputePool implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly idle: Worker[] = [];
  private readonly busy = new Map<Worker, Job>();
  private readonly helping = new Map<Worker, SharedSimulation>();
  private readonly waiting: Job[] = [];
  private closed = false;

  constructor(private readonly options: ComputePoolOptions) {}

  /** The first job shall not pay for starting a thread; the others, of 14 MB each, start when jobs first overlap. */
  onApplicationBootstrap(): void {
    if (this.idle.length === 0) this.idle.push(this.start());
  }

  /** `tell` hears how much is done, from 0 to 1, of what takes long. */
  run(input: ComputeJob, signal: AbortSignal, tell: Job['tell'] = () => undefined): Promise<ComputedAnalysis> {
    return new Promise((resolve, reject) => {
      const stop = (reason: Error) => this.end(job, reason);
      let timer: NodeJS.Timeout | undefined;
      const onAbort = () => stop(new Error('computing was aborted', { cause: signal.reason }));
      const job: Job = {
        input,
        tell,
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
    const threads = [...this.idle.splice(0), ...this.busy.keys(), ...this.helping.keys()];
    await Promise.all(threads.map((thread) => thread.terminate()));
  }

  private hasRoom(): boolean {
    return this.idle.length + this.busy.size + this.helping.size < this.options.threads;
  }

  /** The threads that are free take the jobs that wait; those left over help. */
  private next(): void {
    while (this.waiting.length > 0 && (this.idle.length > 0 || this.hasRoom())) {
      const job = this.waiting.shift()!;
      const thread = this.idle.pop() ?? this.start();
      this.busy.set(thread, job);
      job.begin();
      give(thread, { kind: 'compute', job: job.input });
    }
    if (this.waiting.length > 0) this.helping.forEach(callHelpersBack);
    else this.busy.forEach(({ simulation }) => simulation && this.helpWith(simulation));
  }

  private helpWith(simulation: SharedSimulation): void {
    if (!hasOpenBlocks(simulation)) return;
    resume(simulation);
    while (this.idle.length > 0 || this.hasRoom()) {
      const thread = this.idle.pop() ?? this.start();
      this.helping.set(thread, simulation);
      give(thread, { kind: 'help', simulation });
    }
  }

  private start(): Worker {
    const thread = (this.options.startThread ?? startAnalysisThread)();
    thread.on('message', (message: ThreadReply | ThreadNews) => this.hear(thread, message));
    thread.on('error', (error) => this.lose(thread, new Error('the computing thread failed', { cause: error })));
    thread.on('exit', () => this.lose(thread, new Error('the computing thread ended')));
    thread.unref();
    return thread;
  }

  private hear(thread: Worker, message: ThreadReply | ThreadNews): void {
    const job = this.busy.get(thread);
    if (message.kind === 'progress') return job?.tell(message.fraction);
    if (message.kind === 'help-wanted') {
      if (job) job.simulation = message.simulation;
    } else {
      this.busy.delete(thread);
      this.helping.delete(thread);
      this.idle.push(thread);
      job?.settle(message);
    }
    this.next();
  }

  private lose(thread: Worker, reason: Error): void {
    const position = this.idle.indexOf(thread);
    if (position >= 0) this.idle.splice(position, 1);
    const job = this.busy.get(thread);
    this.busy.delete(thread);
    this.helping.delete(thread);
    if (job?.simulation) giveUp(job.simulation);
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

const give = (thread: Worker, task: ThreadTask): void => thread.postMessage(task);

function errorOf(reply: Exclude<ThreadReply, { kind: 'computed' }>): Error {
  if (reply.kind === 'helped') return new Error('a thread that computes has helped');
  if (reply.kind === 'refused') return new Problem(reply.code, reply.detail);
  return Object.assign(new Error(reply.message), { stack: reply.stack });
}
