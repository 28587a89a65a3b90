import type { ChatToolFailure } from '@stocktool/contracts';
import type { PromptMessage } from '@stocktool/llm';

const lost: ChatToolFailure = {
  error: { code: 'not-found', title: 'Not found', detail: 'The result was not kept.' },
};

/**
 * Every tool call right before its result, every result right after its call: providers refuse a conversation without. A call
 * whose result is missing gets one that says so; a result without a call, or a second one, is left out.
 */
export function repairPairs(messages: readonly PromptMessage[]): PromptMessage[] {
  const results = new Map<string, PromptMessage>();
  for (const message of messages)
    if (message.role === 'tool' && !results.has(message.toolCallId)) results.set(message.toolCallId, message);
  const taken = new Set<string>();
  return messages.flatMap((message): PromptMessage[] => {
    if (message.role === 'tool') return [];
    if (message.role === 'user') return [message];
    const toolCalls = message.toolCalls.filter(({ id }) => !taken.has(id));
    for (const { id } of toolCalls) taken.add(id);
    if (message.content === '' && toolCalls.length === 0) return [];
    const answers = toolCalls.map(
      ({ id, name }): PromptMessage =>
        results.get(id) ?? { role: 'tool', toolCallId: id, name, ok: false, resultJson: JSON.stringify(lost) },
    );
    return [{ ...message, toolCalls }, ...answers];
  });
}
