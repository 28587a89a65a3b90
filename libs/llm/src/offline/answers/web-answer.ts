import type { ChatToolResult } from '@stocktool/contracts';

const pagesShown = 5;

/** Quoted, with where it stands: nothing of it is ours. */
export function webAnswer({ items }: ChatToolResult<'web_search'>): string {
  if (items.length === 0) return 'The web search found nothing about that.';
  const lines = items.slice(0, pagesShown).map(({ title, url, publishedAt, snippet }) => {
    return `- **${title}**${publishedAt === null ? '' : `, ${publishedAt}`}: ${snippet} ${url}`;
  });
  return ['What pages of the web say; nobody here has checked it:', ...lines].join('\n');
}
