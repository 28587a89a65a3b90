import type { ChatToolArguments, ChatToolResult } from '@stocktool/contracts';
import type { KnowledgeSearch } from '@stocktool/knowledge';
import { Tool, type ToolContext } from './tool';

type Result = ChatToolResult<'search_knowledge'>;

export class SearchKnowledge extends Tool<'search_knowledge'> {
  readonly name = 'search_knowledge';

  constructor(private readonly knowledge: KnowledgeSearch) {
    super();
  }

  async run({ query, k }: ChatToolArguments<'search_knowledge'>, { userId }: ToolContext): Promise<Result> {
    const hits = await this.knowledge.search(userId, query, k);
    return { items: hits.map((hit, i) => ({ id: `${hit.documentId}-${i + 1}`, ...hit })) };
  }

  summary({ items }: Result): string {
    return items.length === 0
      ? 'nothing found'
      : items
          .map(({ title }) => title)
          .join('; ')
          .slice(0, 200);
  }
}
