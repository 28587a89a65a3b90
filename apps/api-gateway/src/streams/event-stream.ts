import { once } from 'node:events';
import { Problem, problemDetails } from '@stocktool/contracts';
import type { FastifyReply } from 'fastify';

const commentEveryMs = 10_000;

export interface StreamEvent {
  readonly id: string;
  readonly event: string;
  readonly data: unknown;
}

/**
 * Server-sent events on the raw response: the headers go out with the first write, a comment line every 10 s keeps proxies
 * from closing, and `send` waits while the reader is slower than the writer.
 */
export class EventStream {
  private readonly closing = new AbortController();
  private readonly heartbeat: NodeJS.Timeout;
  private lastId = '0';

  /** Takes the response over: nothing else may answer after this. */
  constructor(private readonly reply: FastifyReply) {
    reply.hijack();
    const { raw } = reply;
    for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value);
    raw.setHeader('content-type', 'text/event-stream; charset=utf-8');
    raw.setHeader('cache-control', 'no-store');
    raw.setHeader('x-accel-buffering', 'no');
    raw.statusCode = 200;
    raw.flushHeaders();
    raw.once('close', () => this.closing.abort());
    raw.on('error', () => this.closing.abort()); // whatever it says, the reader has gone
    this.heartbeat = setInterval(() => raw.write(': still here\n\n'), commentEveryMs);
    if (raw.destroyed) this.closing.abort();
  }

  /** Aborted when the reader has gone or the stream has ended. */
  get closed(): AbortSignal {
    return this.closing.signal;
  }

  async send({ id, event, data }: StreamEvent): Promise<void> {
    if (this.closed.aborted) return;
    this.lastId = id;
    const { raw } = this.reply;
    if (raw.write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`)) return;
    await once(raw, 'drain', { signal: this.closed }).catch(() => undefined); // the only failure is that the reader left
  }

  /** The failure as the stream's last event, under the id of the one before: resuming there misses nothing. */
  async fail(problem: Problem): Promise<void> {
    const { id: requestId } = this.reply.request;
    await this.send({ id: this.lastId, event: 'problem', data: { ...problemDetails(problem), requestId } });
    this.end();
  }

  end(): void {
    clearInterval(this.heartbeat);
    if (!this.reply.raw.writableEnded) this.reply.raw.end();
    this.closing.abort();
  }
}
