import { Injectable } from '@nestjs/common';
import {
  Conversation,
  ConversationSummary,
  EraseUserAnswer,
  pageOf,
  Problem,
  type PersonalData,
} from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { ChatClient } from '../chat/chat-client';

const pageSize = 50;
/** Each takes some seconds of deleting; what is left then comes with the next sweep. */
const callsAtMost = 100;

/** Conversations and the events of replies: the chat service's tables, so it is asked. */
@Injectable()
export class ConversationData implements PersonalData {
  readonly tables = [topology.tables.conversations.name];

  constructor(private readonly chat: ChatClient) {}

  export(userId: string) {
    return { conversations: this.all(userId) };
  }

  async erase(userId: string): Promise<void> {
    for (let call = 0; call < callsAtMost; call++) {
      const { done } = await this.chat.ask({ userId, roles: [] }, 'EraseUser', {}, EraseUserAnswer);
      if (done) return;
    }
    throw new Problem('dependency-unavailable', 'There are more conversations than one pass erases.');
  }

  private async *all(userId: string): AsyncGenerator<Conversation> {
    const who = { userId, roles: [] };
    let cursor: string | null | undefined;
    do {
      const query = { limit: pageSize, ...(cursor && { cursor }) };
      const { items, nextCursor } = await this.chat.ask(who, 'ListConversations', query, pageOf(ConversationSummary));
      for (const { id: conversationId } of items) {
        const whole = this.chat.ask(who, 'GetConversation', { conversationId }, Conversation);
        const conversation = await whole.catch(unlessGone);
        if (conversation) yield conversation;
      }
      cursor = nextCursor;
    } while (cursor !== null);
  }
}

function unlessGone(error: unknown): undefined {
  if (!(error instanceof Problem && error.code === 'conversation-not-found')) throw error;
}
