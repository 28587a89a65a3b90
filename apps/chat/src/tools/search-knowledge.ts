import type { ChatToolArguments, ChatToolResult } from '@stocktool/contracts';
import type { KnowledgeIndex } from '@stocktool/knowledge';
import { Tool } from './tool';

type Result = ChatToolResult<'search_knowledge'>;

export class SearchKnowledge extends Tool<'search_knowledge'> {
  readonly name = 'search_knowledge';

  constructor(private readonly index: KnowledgeIndex) {
    super();
  }

  run({ query, k }: ChatToolArguments<'search_knowledge'>): Promise<Result> {
    const hits = this.index.search(query, k);
    return Promise.resolve({ items: hits.map((hit, i) => ({ id: `${hit.documentId}-${i + 1}`, ...hit })) });
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
