import type { ChatToolResult } from '@stocktool/contracts';
import { capabilities } from '../plan';

const alsoShown = 3;
/** Below this share of the best score a page is about something else. */
const relatedScore = 0.4;

/** Quotes the best passage with its title; names other pages that fit. Nothing is added to what the page says. */
export function knowledgeAnswer({ items }: ChatToolResult<'search_knowledge'>): string {
  const [best, ...others] = items;
  if (!best) return `I found nothing about that in the knowledge pages. ${capabilities}`;
  const related = others
    .filter(({ score, title }) => score >= best.score * relatedScore && title !== best.title)
    .map(({ title }) => title);
  const more = [...new Set(related)].slice(0, alsoShown);
  return [
    `${best.snippet.trim()}`,
    `From the page "${best.title}".${more.length > 0 ? ` See also: ${more.map((title) => `"${title}"`).join(', ')}.` : ''}`,
  ].join('\n\n');
}
