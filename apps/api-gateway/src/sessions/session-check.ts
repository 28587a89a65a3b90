import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { SessionTable } from './session.table';

const rememberedMs = 30_000;
const rememberedAtMost = 10_000;

/**
 * Whether a session still lives, asked at most every 30 s a process: that long an access token may outlive a session
 * ended through another gateway; through this one it ends at once.
 */
@Injectable()
export class SessionCheck {
  private readonly known = new LRUCache<string, Answer>({ max: rememberedAtMost, ttl: rememberedMs });

  constructor(private readonly sessions: SessionTable) {}

  /** Without asking: false also when nothing is known. */
  isKnownLive(userId: string, sessionId: string): boolean {
    return this.known.get(`${userId}/${sessionId}`)?.isLive === true;
  }

  isLive(userId: string, sessionId: string): Promise<boolean> {
    const key = `${userId}/${sessionId}`;
    let answer = this.known.get(key);
    if (!answer) {
      answer = new Answer(this.sessions.isLive(userId, sessionId));
      this.known.set(key, answer);
      answer.asked.catch(() => this.known.delete(key)); // a failure is nobody's answer but the asker's
    }
    return answer.asked;
  }

  forget(userId: string, sessionId: string): void {
    this.known.delete(`${userId}/${sessionId}`);
  }

  forgetAll(userId: string): void {
    for (const key of this.known.keys()) if (key.startsWith(`${userId}/`)) this.known.delete(key);
  }
}

/** What was asked once, for all who want to know; and, once it is there, what came of it. */
class Answer {
  isLive: boolean | undefined;
  readonly asked: Promise<boolean>;

  constructor(asking: Promise<boolean>) {
    this.asked = asking.then((isLive) => (this.isLive = isLive));
  }
}
