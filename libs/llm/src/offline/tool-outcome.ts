import { chatTools, ChatToolFailure, parseJson, type ChatToolName, type ChatToolResult } from '@stocktool/contracts';
import type { PromptMessage } from '../language-model';

export type Outcome<Name extends ChatToolName = ChatToolName> = {
  [Each in Name]: { readonly name: Each; readonly args: string } & (
    | { readonly ok: true; readonly result: ChatToolResult<Each> }
    | { readonly ok: false; readonly error: ChatToolFailure['error'] }
  );
}[Name];

const isKnown = (name: string): name is ChatToolName => Object.hasOwn(chatTools, name);

/** What the tools said since the user last spoke, in the order of the calls. */
export function outcomesOf(messages: readonly PromptMessage[]): Outcome[] {
  const asked = messages.flatMap((message) => (message.role === 'assistant' ? message.toolCalls : []));
  return messages.flatMap((message): Outcome[] => {
    if (message.role !== 'tool' || !isKnown(message.name)) return [];
    const args = asked.find(({ id }) => id === message.toolCallId)?.argumentsJson ?? '{}';
    return [read(message.name, args, message.ok, message.resultJson)];
  });
}

function read(name: ChatToolName, args: string, ok: boolean, resultJson: string): Outcome {
  if (!ok) return { name, args, ok, error: parseJson(ChatToolFailure, resultJson).error };
  return { name, args, ok, result: parseJson(chatTools[name].result, resultJson) } as Outcome;
}
