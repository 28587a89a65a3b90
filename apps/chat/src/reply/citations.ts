import { chatTools, parseJson, type Citation } from '@stocktool/contracts';
import type { ToolRecord } from '../conversation/conversation-rows';

/** The pages that an answer quotes or names, among those the searches found for it. */
export function citationsFor(content: string, records: readonly ToolRecord[]): Citation[] {
  const found = records.filter(({ ok }) => ok).flatMap(pagesOf);
  const used = found.filter(
    ({ title, snippet, url }) =>
      content.includes(title) || content.includes(snippet.trim()) || (url !== undefined && content.includes(url)),
  );
  return used.filter(({ id }, i) => used.findIndex((other) => other.id === id) === i);
}

function pagesOf({ name, resultJson }: ToolRecord): Citation[] {
  if (name === 'web_search')
    return parseJson(chatTools.web_search.result, resultJson).items.map(({ id, title, url, snippet }) => {
      return { id, title, url, snippet };
    });
  if (name !== 'search_knowledge') return [];
  return parseJson(chatTools.search_knowledge.result, resultJson).items.map(
    ({ id, title, documentId, page, snippet }) => ({
      id,
      title,
      documentId,
      snippet,
      ...(page !== undefined && { page }),
    }),
  );
}
