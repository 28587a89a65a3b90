import type { Prompt, ToolDefinition } from './language-model';
import { toolSchema } from './tool-schema';

const perMessage = 8;

/** An upper bound for usual texts, made without a tokenizer: words by threes, figures by twos, signs and other scripts one by one. */
export function tokensAtMost(text: string): number {
  let [words, figures, others] = [0, 0, 0];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0x24f) others += 2;
    else if (code === 0x20 || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a) || code > 0x7f) words += 1;
    else if (code >= 0x30 && code <= 0x39) figures += 1;
    else others += 1;
  }
  return Math.ceil(words / 3 + figures / 2 + others);
}

/** Of a tool as providers are told of it, counted once: tools do not change, and are most of a first request. */
const ofTools = new WeakMap<ToolDefinition['parameters'], number>();

function toolTokensAtMost(tool: ToolDefinition): number {
  let tokens = ofTools.get(tool.parameters);
  if (tokens === undefined) ofTools.set(tool.parameters, (tokens = tokensAtMost(JSON.stringify(toolSchema(tool)))));
  return tokens;
}

/** Of the whole request: rules, messages and tools. */
export function promptTokensAtMost({ system, messages, tools }: Prompt): number {
  const texts = messages.map((message) => {
    if (message.role === 'tool') return tokensAtMost(message.resultJson);
    const calls = message.role === 'assistant' ? message.toolCalls : [];
    return calls.reduce((sum, { name, argumentsJson }) => sum + tokensAtMost(name + argumentsJson) + perMessage, tokensAtMost(message.content)); // prettier-ignore
  });
  const tooling = tools.reduce((sum, tool) => sum + toolTokensAtMost(tool), 0);
  return tokensAtMost(system) + texts.reduce((sum, tokens) => sum + tokens + perMessage, 0) + tooling;
}
