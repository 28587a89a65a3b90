import { Injectable, Logger } from '@nestjs/common';
import { ServiceState } from '@stocktool/bootstrap';
import { Problem } from '@stocktool/contracts';
import { RequestContext } from '@stocktool/observability';
import type { FastifyReply } from 'fastify';
import { EventStream } from './event-stream';

const atOnce = 5_000;
const atOncePerUser = 100;
/** As long as an access token: after that the reader comes back with another, and with `Last-Event-ID`. */
const longestMs = 15 * 60_000;

/** Every event stream of this process: counted, bounded, and ended when it drains, so that readers go on elsewhere. */
@Injectable()
export class OpenStreams {
  private readonly logger = new Logger(OpenStreams.name);
  private readonly perUser = new Map<string, number>();
  private open = 0;

  constructor(private readonly state: ServiceState) {}

  /** Runs `write` with a stream that ends when it is done; what it throws becomes the stream's last event. */
  async run(userId: string, reply: FastifyReply, write: (stream: EventStream) => Promise<void>): Promise<void> {
    this.enter(userId);
    const stream = new EventStream(reply);
    const end = () => stream.end();
    const timer = setTimeout(end, longestMs);
    this.state.ending.addEventListener('abort', end, { once: true });
    try {
      await write(stream);
    } catch (error) {
      await stream.fail(this.toldAs(error));
    } finally {
      clearTimeout(timer);
      this.state.ending.removeEventListener('abort', end);
      stream.end();
      this.leave(userId);
    }
  }

  private toldAs(error: unknown): Problem {
    if (error instanceof Problem) return error;
    this.logger.error({ err: error, ...RequestContext.current() }, 'an event stream failed');
    return new Problem('internal-error', 'The stream broke off; we have been told.');
  }

  private enter(userId: string): void {
    const own = this.perUser.get(userId) ?? 0;
    if (own >= atOncePerUser)
      throw new Problem('too-many-requests', `At most ${atOncePerUser} streams at once.`, { retryAfterSeconds: 5 });
    if (this.open >= atOnce || this.state.ending.aborted)
      throw new Problem('dependency-unavailable', 'This gateway takes no more streams now.', { retryAfterSeconds: 2 });
    this.perUser.set(userId, own + 1);
    this.open++;
  }

  private leave(userId: string): void {
    const own = (this.perUser.get(userId) ?? 1) - 1;
    if (own === 0) this.perUser.delete(userId);
    else this.perUser.set(userId, own);
    this.open--;
  }
}
