import { parseJson } from '@stocktool/contracts';
import type {
  ChatCompletionCreateParamsStreaming,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import { z } from 'zod';
import type { Prompt, PromptMessage } from '../language-model';
import { toolSchema } from '../tool-schema';

export interface RequestSettings {
  /** The provider's name of the model; at Azure the deployment. */
  readonly model: string;
  readonly mostOutputTokens: number;
  /** Compatible servers know `max_tokens` only, newer models of OpenAI the other one only. */
  readonly limitName: 'max_tokens' | 'max_completion_tokens';
}

/** The request for a streamed answer to a prompt. */
export function convertPrompt(
  { system, messages, tools }: Prompt,
  { model, mostOutputTokens, limitName }: RequestSettings,
): ChatCompletionCreateParamsStreaming {
  return {
    model,
    messages: [{ role: 'system', content: system }, ...messages.map(messageOf)],
    ...(tools.length > 0 && { tools: tools.map(toolSchema) }),
    [limitName]: mostOutputTokens,
    stream: true,
    stream_options: { include_usage: true },
  };
}

function messageOf(message: PromptMessage): ChatCompletionMessageParam {
  switch (message.role) {
    case 'user':
      return { role: 'user', content: message.content };
    case 'tool':
      return { role: 'tool', tool_call_id: message.toolCallId, content: message.resultJson };
    case 'assistant':
      return {
        role: 'assistant',
        content: message.content,
        ...(message.toolCalls.length > 0 && {
          tool_calls: message.toolCalls.map(({ id, name, argumentsJson }) => ({
            id,
            type: 'function' as const,
            function: { name, arguments: isJson(argumentsJson) ? argumentsJson : '{}' },
          })),
        }),
      };
  }
}

/** Some servers refuse a conversation in which a model once wrote malformed arguments; the result beside them says what was wrong. */
function isJson(text: string): boolean {
  try {
    parseJson(z.unknown(), text);
    return true;
  } catch {
    return false;
  }
}
