import type { PromptMessage } from '@stocktool/llm';
import type { MessageRow } from './conversation-rows';

export const messagesRead = 30;
/** About eight thousand tokens at four characters each. */
const budgetCharacters = 32_000;
/** As `promptTokensAtMost` counts them. */
export const rememberedTokensAtMost = 12_000;

/**
 * The last messages that fit into the budget, oldest first, each answer with its tool calls and their results. Where the
 * results do not fit, the answer goes without them: a tool call is never left without its result.
 */
export function rememberedMessages(rows: readonly MessageRow[], budget = budgetCharacters): PromptMessage[] {
  const kept: PromptMessage[][] = [];
  let left = budget;
  for (const row of rows.slice(-messagesRead).reverse()) {
    const forms = [withTools(row), [{ role: row.role, content: row.content, toolCalls: [] } as PromptMessage]];
    const fitting = forms.find((form) => sizeOf(form) <= left);
    if (!fitting) break;
    left -= sizeOf(fitting);
    if (row.content !== '' || fitting.length > 1) kept.unshift(fitting);
  }
  return kept.flat();
}

function withTools(row: MessageRow): PromptMessage[] {
  if (row.role === 'user') return [{ role: 'user', content: row.content }];
  const records = row.toolRecords ?? [];
  if (records.length === 0) return [{ role: 'assistant', content: row.content, toolCalls: [] }];
  return [
    {
      role: 'assistant',
      content: '',
      toolCalls: records.map(({ id, name, argumentsJson }) => ({ id, name, argumentsJson })),
    },
    ...records.map(({ id, name, ok, resultJson }): PromptMessage => ({
      role: 'tool',
      toolCallId: id,
      name,
      ok,
      resultJson,
    })),
    { role: 'assistant', content: row.content, toolCalls: [] },
  ];
}

const sizeOf = (messages: readonly PromptMessage[]): number => JSON.stringify(messages).length;
