import { setTimeout as delay } from 'node:timers/promises';
import { Logger, type OnModuleDestroy } from '@nestjs/common';
import { Clock, Problem, problemDetails, type RpcEvent } from '@stocktool/contracts';
import { followStream, followTimes, type FollowTimes } from './follow-stream';
import { ReplyStream } from './reply-stream';
import type { StreamTable } from './stream.table';

export interface HubOptions {
  readonly detachMs: number;
  /** Of this process. */
  readonly maxReplies: number;
  /** Of one user in this process: nobody takes the room of the others. */
  readonly maxRepliesPerUser: number;
  readonly heartbeatMs: number;
  /** How long running replies may go on when the process ends. */
  readonly drainMs: number;
  readonly follow: FollowTimes;
  readonly windowEvents?: number;
}

export const hubDefaults: HubOptions = {
  detachMs: 60_000,
  maxReplies: 100,
  maxRepliesPerUser: 5,
  heartbeatMs: 1000,
  drainMs: 4000,
  follow: followTimes,
};

/** Why a running reply was stopped; the reason of its abort signal. */
export class ReplyStopped extends Error {
  constructor(readonly why: 'cancelled' | 'detached' | 'draining' | 'lost') {
    super(`The reply was stopped: ${why}`);
    this.name = 'ReplyStopped';
  }
}

type Work = (stream: ReplyStream, signal: AbortSignal) => Promise<void>;

interface Running {
  readonly stream: ReplyStream;
  readonly abort: AbortController;
  readonly finished: Promise<void>;
  readers: number;
  lastReaderAtEpochMs: number;
  /** As last read from the head: by another clock than ours, so only its change counts. */
  readerSeenAtEpochMs?: number;
  lastBeatAtEpochMs: number;
}

/** Below the time that a caller waits: what cannot hear the cancel is dead, and its readers find that out. */
const cancelWaitMs = 9000;
const drainAfterStopMs = 3000;

/**
 * The replies this process runs, and the way to any other. A reply runs on whether or not somebody reads it; without a reader
 * anywhere for `detachMs` it is stopped.
 */
export class StreamHub implements OnModuleDestroy {
  private readonly running = new Map<string, Running>();
  private readonly ending = new AbortController();
  private readonly logger = new Logger(StreamHub.name);

  constructor(
    private readonly table: StreamTable,
    private readonly clock: Clock,
    private readonly options: HubOptions = hubDefaults,
  ) {}

  get size(): number {
    return this.running.size;
  }

  /** Starts the work of a reply. The stream ends when the work does; work that throws ends it with a problem. */
  start(userId: string, messageId: string, work: Work): ReplyStream {
    this.refuseWhenFull(userId);
    return this.begin(userId, messageId, work, false);
  }

  /** The same under an id that may have been used: undefined when its reply was begun before, here or elsewhere. */
  async startOnce(userId: string, messageId: string, work: Work): Promise<ReplyStream | undefined> {
    if (this.running.has(messageId)) return undefined;
    this.refuseWhenFull(userId);
    return (await this.table.open(userId, messageId)) ? this.begin(userId, messageId, work, true) : undefined;
  }

  private begin(userId: string, messageId: string, work: Work, isOpen: boolean): ReplyStream {
    const abort = new AbortController();
    const stream = new ReplyStream({
      messageId,
      userId,
      table: this.table,
      isOpen,
      ...(this.options.windowEvents !== undefined && { windowEvents: this.options.windowEvents }),
      onLost: (error) => {
        this.logger.error({ err: error, messageId }, 'the events of a reply could not be stored');
        abort.abort(new ReplyStopped('lost'));
      },
    });
    const now = this.clock.epochMs();
    const heart = setInterval(() => void this.beat(messageId), this.options.heartbeatMs);
    const finished = this.run(stream, abort.signal, work).finally(() => {
      clearInterval(heart);
      this.running.delete(messageId);
    });
    this.running.set(messageId, {
      stream,
      abort,
      finished,
      readers: 0,
      lastReaderAtEpochMs: now,
      lastBeatAtEpochMs: now,
    });
    return stream;
  }

  /** Events after a sequence until the end; leaving the loop or aborting the signal only detaches. */
  async *attach(
    userId: string,
    messageId: string,
    after: number,
    signal: AbortSignal,
  ): AsyncGenerator<readonly RpcEvent[]> {
    const own = this.running.get(messageId);
    if (!own) {
      const until = AbortSignal.any([signal, this.ending.signal]);
      yield* followStream(this.table, this.clock, { userId, messageId, after }, until, this.options.follow);
      if (this.ending.signal.aborted && !signal.aborted)
        throw new Problem('dependency-unavailable', 'This process ends. Attach again to go on.', {
          retryAfterSeconds: 1,
        });
      return;
    }
    if (own.stream.userId !== userId) throw messageNotFound(messageId);
    own.readers += 1;
    try {
      yield* own.stream.read(after, signal);
    } finally {
      own.readers -= 1;
      own.lastReaderAtEpochMs = this.clock.epochMs();
    }
  }

  /** Stops a reply and waits until it has ended, wherever it runs. Problem `reply-finished` when there is nothing to stop. */
  async cancel(userId: string, messageId: string): Promise<void> {
    const own = this.running.get(messageId);
    if (own) {
      if (own.stream.userId !== userId) throw messageNotFound(messageId);
      if (own.stream.isOver) throw replyFinished(messageId);
      own.abort.abort(new ReplyStopped('cancelled'));
      await own.finished;
      return;
    }
    const head = await this.table.head(userId, messageId);
    const asked = head.lastSequence === undefined && (await this.table.requestCancel(messageId));
    if (!asked) throw replyFinished(messageId);
    const deadline = AbortSignal.timeout(cancelWaitMs);
    const following = followStream(
      this.table,
      this.clock,
      { userId, messageId, after: 0 },
      deadline,
      this.options.follow,
    );
    for await (const _ of following); // until it has ended, or is found dead, or the deadline
  }

  /** Running replies get a moment, then end with a problem that is stored: their readers can ask again elsewhere. */
  async onModuleDestroy(): Promise<void> {
    this.ending.abort();
    const all = () => Promise.allSettled([...this.running.values()].map(({ finished }) => finished));
    await Promise.race([all(), delay(this.options.drainMs, undefined, { ref: false })]);
    for (const { abort } of this.running.values()) abort.abort(new ReplyStopped('draining'));
    await Promise.race([all(), delay(drainAfterStopMs, undefined, { ref: false })]);
  }

  private refuseWhenFull(userId: string): void {
    const full = this.running.size >= this.options.maxReplies;
    if (full || this.ending.signal.aborted) {
      const why = full ? 'Too many replies are running.' : 'This process is ending.';
      throw new Problem('dependency-unavailable', why, { retryAfterSeconds: 2 });
    }
    const { maxRepliesPerUser } = this.options;
    const own = [...this.running.values()].filter(({ stream }) => stream.userId === userId).length;
    if (own >= maxRepliesPerUser)
      throw new Problem('too-many-requests', `${own} of your replies are running, ${maxRepliesPerUser} at most may.`, {
        retryAfterSeconds: 5,
      });
  }

  private async run(stream: ReplyStream, signal: AbortSignal, work: Work): Promise<void> {
    try {
      await work(stream, signal);
    } catch (error) {
      this.logger.error({ err: error, messageId: stream.messageId }, 'a reply failed');
      stream.publish({
        event: 'problem',
        data: problemDetails(new Problem('internal-error', 'The reply failed; we have been told.')),
      });
    }
    try {
      await stream.end();
    } catch (error) {
      // The readers here have everything; others will find the heartbeat stale.
      this.logger.error({ err: error, messageId: stream.messageId }, 'the end of a reply could not be stored');
    }
  }

  /** Says that this process lives, and hears what others want: a cancel, a reader elsewhere. */
  private async beat(messageId: string): Promise<void> {
    const own = this.running.get(messageId);
    if (!own) return;
    try {
      await own.stream.opened;
      const head = await this.table.beat(messageId);
      own.lastBeatAtEpochMs = this.clock.epochMs();
      if (!this.running.has(messageId)) return;
      if (!head) own.abort.abort(new ReplyStopped('lost'));
      else if (head.cancelRequested) own.abort.abort(new ReplyStopped('cancelled'));
      else if (head.readerSeenAtEpochMs !== own.readerSeenAtEpochMs) {
        own.lastReaderAtEpochMs = this.clock.epochMs();
        own.readerSeenAtEpochMs = head.readerSeenAtEpochMs;
      }
    } catch (error) {
      this.logger.warn({ err: error, messageId }, 'a heartbeat could not be stored');
    }
    const now = this.clock.epochMs();
    if (now - own.lastBeatAtEpochMs > this.options.follow.staleMs) own.abort.abort(new ReplyStopped('lost'));
    if (own.readers === 0 && now - own.lastReaderAtEpochMs > this.options.detachMs)
      own.abort.abort(new ReplyStopped('detached'));
  }
}

const messageNotFound = (messageId: string) =>
  new Problem('message-not-found', `There is no running reply ${messageId}.`);

const replyFinished = (messageId: string) => new Problem('reply-finished', `The reply ${messageId} has finished.`);
