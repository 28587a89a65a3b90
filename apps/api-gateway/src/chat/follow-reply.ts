import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Problem } from '@stocktool/contracts';
import type { Caller } from '../access/access';
import { ChatClient, type SequencedEvent } from './chat-client';

/** Together longer than it takes until another chat process answers in the place of one that ends. */
const attemptsAtMost = 10;
const firstWaitMs = 100;
const longestWaitMs = 2000;

interface Followed {
  readonly caller: Caller;
  readonly messageId: string;
  /** Of the last event that the reader has. */
  readonly after: number;
}

/** A reply through whatever chat process can tell of it: one that ends or dies hands its readers over to another. */
@Injectable()
export class FollowReply {
  constructor(private readonly chat: ChatClient) {}

  /** A reply that was begun before. */
  attach(followed: Followed, reader: AbortSignal): AsyncGenerator<SequencedEvent> {
    return this.run(followed, this.open(followed.caller, followed.messageId, followed.after, reader), reader, false);
  }

  /**
   * The events after `after`, without gap or repeat. `events` is the call that is open already; `hasTold` when some of it was
   * heard. A call that breaks off before it told anything is not repeated: a chat service that is down is an ordinary problem.
   */
  async *run(
    { caller, messageId, after }: Followed,
    events: AsyncGenerator<SequencedEvent>,
    reader: AbortSignal,
    hasTold: boolean,
  ): AsyncGenerator<SequencedEvent> {
    let [last, attempts, source] = [after, hasTold ? 0 : attemptsAtMost, events];
    for (;;) {
      try {
        for await (const event of source) {
          if (event.sequence <= last) continue;
          [last, attempts] = [event.sequence, 0];
          yield event;
        }
        return;
      } catch (error) {
        const away = error instanceof Problem && error.code === 'dependency-unavailable';
        if (!away || attempts >= attemptsAtMost || reader.aborted) throw error;
      }
      const waitMs = Math.min(firstWaitMs * 2 ** attempts++, longestWaitMs);
      await delay(waitMs * (0.5 + Math.random() / 2), undefined, { signal: reader }).catch(() => undefined);
      if (reader.aborted) return;
      source = this.open(caller, messageId, last, reader);
    }
  }

  private open(caller: Caller, messageId: string, afterSequence: number, reader: AbortSignal) {
    return this.chat.events(caller, 'Attach', { messageId, afterSequence }, reader);
  }
}
