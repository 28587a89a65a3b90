import { Worker } from 'node:worker_threads';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Problem } from '@stocktool/contracts';
import type { ReportInput } from '@stocktool/reports';
import type { ReportFormat } from './report-format';

export interface RenderJob {
  readonly format: ReportFormat;
  readonly input: ReportInput;
}

export type RenderReply = { readonly bytes: Uint8Array<ArrayBuffer> } | { readonly failure: string };

const mostWaiting = 32;
const timeoutMs = 20_000;
/** An idle thread holds memory of the gateway, and the next report may be hours away. */
const idleMs = 30_000;
const resourceLimits = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 96 };

/**
 * Makes reports in a thread, one at a time: a PDF takes long enough to hold up every other request. The thread starts with the
 * first report and ends after half a minute without one; what it cannot make in time ends with it.
 */
@Injectable()
export class RenderReport implements OnApplicationShutdown {
  private thread: Worker | undefined;
  private idle: NodeJS.Timeout | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  /** The bytes of the file. What it is made from is loaded when its turn has come, so that no line of results waits in memory; 503 when the line is too long. */
  async run(load: () => Promise<RenderJob>): Promise<Uint8Array> {
    if (this.waiting >= mostWaiting)
      throw new Problem('dependency-unavailable', 'Too many reports are being made.', { retryAfterSeconds: 5 });
    this.waiting++;
    const made = this.last.then(async () => this.render(await load())).finally(() => this.waiting--);
    this.last = made.catch(() => undefined);
    return made;
  }

  async onApplicationShutdown(): Promise<void> {
    clearTimeout(this.idle);
    await this.thread?.terminate();
  }

  private async render(job: RenderJob): Promise<Uint8Array> {
    clearTimeout(this.idle);
    const thread = (this.thread ??= startReportThread());
    const { promise, resolve, reject } = Promise.withResolvers<RenderReply>();
    const timer = setTimeout(() => reject(new Error(`a report took longer than ${timeoutMs} ms`)), timeoutMs);
    const onExit = () => reject(new Error('the report thread ended'));
    thread.once('message', resolve).once('error', reject).once('exit', onExit);
    let reply: RenderReply;
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
    if ('failure' in reply) throw new Error('a report could not be made', { cause: reply.failure });
    return reply.bytes;
  }

  private end(thread: Worker): void {
    if (this.thread === thread) this.thread = undefined;
    void thread.terminate();
  }
}

/** Bundled, the program lies beside ours; from source it is TypeScript, which a thread loads through the workspace's hooks. */
function startReportThread(): Worker {
  const bundled = !import.meta.url.endsWith('.ts');
  const hooks = new URL('../../../../tools/typescript-hooks.mjs', import.meta.url).href;
  const options = bundled ? { resourceLimits } : { resourceLimits, execArgv: ['--import', hooks] };
  const thread = new Worker(new URL(bundled ? './report.thread.js' : './report.thread.ts', import.meta.url), options);
  thread.unref();
  return thread;
}
