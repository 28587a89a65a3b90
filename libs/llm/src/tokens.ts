import type { Prompt } from './language-model';
import { toolSchema } from './tool-schema';

/** Texts of English and JSON have four to five characters a token, others as few as one; a limit must not be passed by any. */
const charactersPerTokenAtLeast = 3;
const perMessage = 8;

/** An upper bound for usual texts, made without a tokenizer. */
export function tokensAtMost(text: string): number {
  let others = 0;
  for (const character of text) if (character.charCodeAt(0) > 0x24f) others += 1;
  return Math.ceil((text.length - others) / charactersPerTokenAtLeast) + 2 * others;
}

/** Of the whole request: rules, messages and tools. */
export function promptTokensAtMost({ system, messages, tools }: Prompt): number {
  const texts = messages.map((message) => {
    if (message.role === 'tool') return tokensAtMost(message.resultJson);
    const calls = message.role === 'assistant' ? message.toolCalls : [];
    return calls.reduce((sum, { name, argumentsJson }) => sum + tokensAtMost(name + argumentsJson) + perMessage, tokensAtMost(message.content)); // prettier-ignore
  });
  const tooling = tools.reduce((sum, tool) => sum + tokensAtMost(JSON.stringify(toolSchema(tool))), 0);
  return tokensAtMost(system) + texts.reduce((sum, tokens) => sum + tokens + perMessage, 0) + tooling;
}
