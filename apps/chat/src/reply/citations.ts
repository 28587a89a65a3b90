import { chatTools, parseJson, type Citation } from '@stocktool/contracts';
import type { ToolRecord } from '../conversation/conversation-rows';

/** The pages that an answer quotes or names, among those the search found for it. */
export function citationsFor(content: string, records: readonly ToolRecord[]): Citation[] {
  const found = records
    .filter(({ name, ok }) => name === 'search_knowledge' && ok)
    .flatMap(({ resultJson }) => parseJson(chatTools.search_knowledge.result, resultJson).items);
  const used = found.filter(({ title, snippet }) => content.includes(title) || content.includes(snippet.trim()));
  const distinct = used.filter(({ id }, i) => used.findIndex((other) => other.id === id) === i);
  return distinct.map(({ id, title, documentId, page, snippet }) => ({
    id,
    title,
    documentId,
    snippet,
    ...(page !== undefined && { page }),
  }));
}
