import type { Worker } from 'node:worker_threads';
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { startThread, ThreadLine } from '@stocktool/bootstrap';
import { type DocumentType, Problem } from '@stocktool/contracts';

export interface ReadJob {
  readonly documentId: string;
  readonly name: string;
  readonly contentType: DocumentType;
  readonly bytes: Uint8Array;
}

/** `segment`: compressed, as a search loads it. `refused`: why the document cannot be read, for its owner. */
export type ReadOutcome =
  { readonly chunks: number; readonly segment: Uint8Array<ArrayBuffer> } | { readonly refused: string };

interface ReadLimits {
  readonly timeoutMs: number;
  /** Of the thread's heap. */
  readonly heapMegabytes: number;
  /** Of heap and buffers together: what a file unpacks to lies outside the heap. */
  readonly totalMegabytes: number;
}
const readLimits: ReadLimits = { timeoutMs: 60_000, heapMegabytes: 128, totalMegabytes: 192 };

const looksEveryMs = 50;
const megabyte = 1024 * 1024;

/**
 * Reads documents in a thread, one after the other. Whoever uploads a file can make it as hostile as they like: one that takes too long
 * or too much memory ends its thread, and nothing else.
 */
export class ReadInThread implements OnApplicationShutdown {
  private readonly logger = new Logger(ReadInThread.name);
  private readonly line: ThreadLine<ReadJob, ReadOutcome>;

  constructor({ timeoutMs, heapMegabytes, totalMegabytes }: ReadLimits = readLimits) {
    const limits = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: heapMegabytes };
    this.line = new ThreadLine({
      what: 'the passages of a document',
      mostWaiting: 16,
      mostOfOneUser: 8,
      timeoutMs,
      idleMs: 30_000,
      start: () => endedBeyond(totalMegabytes, startThread('read', import.meta.url, limits)),
    });
  }

  /** Problem `document-unreadable` with a reason for its owner. */
  async run(userId: string, job: ReadJob): Promise<Exclude<ReadOutcome, { refused: string }>> {
    const outcome = await this.line
      .run(userId, () => Promise.resolve(job))
      .catch((cause: unknown) => {
        if (cause instanceof Problem) throw cause;
        this.logger.error({ err: cause, documentId: job.documentId, msg: 'a document ended its thread' });
        throw new Problem('document-unreadable', 'It takes too long or too much memory to read.', { cause });
      });
    if ('refused' in outcome) throw new Problem('document-unreadable', outcome.refused);
    return outcome;
  }

  onApplicationShutdown(): Promise<void> {
    return this.line.close();
  }
}

/** V8 bounds a thread's heap, but not its buffers. */
function endedBeyond(megabytes: number, thread: Worker): Worker {
  const timer = setInterval(() => {
    void thread.getHeapStatistics().then(
      ({ used_heap_size, external_memory }) => {
        if (used_heap_size + external_memory > megabytes * megabyte) void thread.terminate();
      },
      () => undefined, // it has ended
    );
  }, looksEveryMs).unref();
  return thread.once('exit', () => clearInterval(timer));
}
