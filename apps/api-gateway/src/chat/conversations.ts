import { Injectable } from '@nestjs/common';
import {
  ChatReplay,
  Conversation,
  ConversationSummary,
  KnowledgeHit,
  ModelRow,
  pageOf,
  Problem,
  type KnowledgeQuery,
  type Page,
  type PageQuery,
  type ProblemCode,
} from '@stocktool/contracts';
import { z } from 'zod';
import type { Caller } from '../access/access';
import { ChatClient } from './chat-client';

export const Models = z.object({ items: z.array(ModelRow) }).meta({ id: 'Models' });
export type Models = z.infer<typeof Models>;
export const KnowledgeHits = z.object({ items: z.array(KnowledgeHit) }).meta({ id: 'KnowledgeHits' });
export type KnowledgeHits = z.infer<typeof KnowledgeHits>;

/** What the chat service answers in one piece. */
@Injectable()
export class Conversations {
  constructor(private readonly chat: ChatClient) {}

  list(caller: Caller, page: PageQuery): Promise<Page<ConversationSummary>> {
    return this.chat.ask(caller, 'ListConversations', page, pageOf(ConversationSummary));
  }

  async get(caller: Caller, id: string): Promise<Conversation> {
    const call = { conversationId: known(id, 'conversation-not-found') };
    return this.chat.ask(caller, 'GetConversation', call, Conversation);
  }

  async remove(caller: Caller, id: string): Promise<void> {
    await this.chat.ask(
      caller,
      'DeleteConversation',
      { conversationId: known(id, 'conversation-not-found') },
      z.unknown(),
    );
  }

  async stop(caller: Caller, messageId: string): Promise<void> {
    await this.chat.ask(caller, 'Cancel', { messageId: known(messageId, 'message-not-found') }, z.unknown());
  }

  async replay(caller: Caller, messageId: string): Promise<ChatReplay> {
    return this.chat.ask(caller, 'Replay', { messageId: known(messageId, 'message-not-found') }, ChatReplay);
  }

  models(caller: Caller): Promise<Models> {
    return this.chat.ask(caller, 'ListModels', {}, Models);
  }

  search(caller: Caller, query: KnowledgeQuery): Promise<KnowledgeHits> {
    return this.chat.ask(caller, 'SearchKnowledge', query, KnowledgeHits);
  }
}

/** An id that no object of ours can have names nothing. */
function known(id: string, otherwise: ProblemCode): string {
  if (z.uuid().safeParse(id).success) return id;
  throw new Problem(otherwise, `There is nothing with the id ${id}.`);
}
