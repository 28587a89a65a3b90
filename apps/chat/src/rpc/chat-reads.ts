import type { KnowledgeIndex } from '@stocktool/knowledge';
import type { ConversationTable } from '../conversation/conversation.table';
import type { Models } from '../reply/models';

/** What is answered in one piece. */
export class ChatReads {
  constructor(
    readonly conversations: ConversationTable,
    readonly models: Models,
    readonly knowledge: KnowledgeIndex,
  ) {}
}
