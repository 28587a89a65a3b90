import { Controller, Delete, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Conversation, ConversationSummary, KnowledgeQuery, pageOf, PageQuery, type Page } from '@stocktool/contracts';
import { Access, CurrentCaller, type Caller } from '../access/access';
import { Describe } from '../documentation/describe';
import { Conversations, KnowledgeHits, Models } from './conversations';

@ApiTags('chat')
@Controller('v1')
export class ConversationsController {
  constructor(private readonly conversations: Conversations) {}

  @Get('conversations')
  @Access('read')
  @Describe('listConversations', 'Own conversations, the last one used first', {
    answer: pageOf(ConversationSummary),
    problems: ['bad-cursor'],
  })
  list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: PageQuery }) page: PageQuery,
  ): Promise<Page<ConversationSummary>> {
    return this.conversations.list(caller, page);
  }

  @Get('conversations/:id')
  @Access('read')
  @Describe('getConversation', 'A conversation with its messages', {
    answer: Conversation,
    problems: ['conversation-not-found'],
  })
  get(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<Conversation> {
    return this.conversations.get(caller, id);
  }

  @Delete('conversations/:id')
  @Access('write')
  @Describe('deleteConversation', 'Delete a conversation with all its messages', {
    status: 204,
    problems: ['conversation-not-found'],
  })
  remove(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<void> {
    return this.conversations.remove(caller, id);
  }

  @Get('models')
  @Access('read')
  @Describe('listModels', 'The language models that are configured', { answer: Models })
  models(@CurrentCaller() caller: Caller): Promise<Models> {
    return this.conversations.models(caller);
  }

  @Get('knowledge/search')
  @Access('read')
  @Describe('searchKnowledge', 'Passages about a question, best first', { answer: KnowledgeHits })
  search(
    @CurrentCaller() caller: Caller,
    @Query({ schema: KnowledgeQuery }) query: KnowledgeQuery,
  ): Promise<KnowledgeHits> {
    return this.conversations.search(caller, query);
  }
}
