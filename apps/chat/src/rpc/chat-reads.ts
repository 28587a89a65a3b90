import type { KnowledgeSearch } from '@stocktool/knowledge';
import type { ConversationTable } from '../conversation/conversation.table';
import type { ReplayMessage } from '../replay/replay-message';
import type { Models } from '../reply/models';
import type { EraseUser } from './erase-user';
import type { ToolCalls } from './tool-calls';

/** What is answered in one piece. */
export class ChatReads {
  constructor(
    readonly conversations: ConversationTable,
    readonly models: Models,
    readonly knowledge: KnowledgeSearch,
    readonly eraseUser: EraseUser,
    readonly replay: ReplayMessage,
    readonly tools: ToolCalls,
  ) {}
}
