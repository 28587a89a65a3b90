import { Clock, Problem } from '@stocktool/contracts';
import type { BudgetTable } from '../budget/budget.table';
import type { UserConversations } from '../conversation/user-conversations';
import type { StreamHub } from '../stream/stream-hub';
import type { UserStreams } from '../stream/user-streams';

const perRound = 50;
/** Below the time that a caller waits. */
const longestMs = 6000;

/** All that this service keeps of a user. */
export class EraseUser {
  constructor(
    private readonly hub: StreamHub,
    private readonly streams: UserStreams,
    private readonly conversations: UserConversations,
    private readonly budget: Pick<BudgetTable, 'erase'>,
    private readonly clock: Clock,
  ) {}

  /**
   * Running replies are stopped first, wherever they run: what one of them still writes, nobody would find. `done` false when
   * there is more than a call has time for: the caller asks again.
   */
  async run(userId: string): Promise<{ done: boolean }> {
    const until = this.clock.epochMs() + longestMs;
    const streams = (limit: number) => this.streams.list(userId, limit);
    const conversations = (limit: number) => this.conversations.list(userId, limit);
    const done =
      (await this.each(streams, until, (id) => this.eraseStream(userId, id))) &&
      (await this.each(conversations, until, (id) => this.conversations.erase(id)));
    if (done) await Promise.all([this.budget.erase(userId), this.conversations.eraseAnswers(userId)]);
    return { done };
  }

  /** The index may show for a moment what has been deleted: a round that brings nothing new is the last. */
  private async each(
    list: (limit: number) => Promise<string[]>,
    until: number,
    erase: (id: string) => Promise<void>,
  ): Promise<boolean> {
    const erased = new Set<string>();
    for (;;) {
      const left = (await list(perRound)).filter((id) => !erased.has(id));
      if (left.length === 0) return true;
      for (const id of left) {
        if (this.clock.epochMs() > until) return false;
        await erase(id);
        erased.add(id);
      }
    }
  }

  private async eraseStream(userId: string, messageId: string): Promise<void> {
    await this.hub.cancel(userId, messageId).catch(unlessOver);
    await this.streams.erase(userId, messageId);
  }
}

function unlessOver(error: unknown): void {
  const over = error instanceof Problem && (error.code === 'reply-finished' || error.code === 'message-not-found');
  if (!over) throw error;
}
