import { z } from 'zod';
import { ModelFailure } from '../chain/model-failure';

const ToolCallDelta = z.object({
  /** Left out by some servers that send a call whole. */
  index: z.number().int().min(0).max(127).optional(),
  id: z.string().nullish(),
  function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish(),
});
export type ToolCallDelta = z.infer<typeof ToolCallDelta>;

/**
 * One chunk of a streamed chat completion, as far as it is read. Published: https://platform.openai.com/docs/api-reference/chat-streaming.
 * The chunk of the usage and Azure's first one, with the filter's verdict on the prompt, have no choices.
 */
const ChatChunk = z.object({
  choices: z
    .array(
      z.object({
        delta: z
          .object({
            content: z.string().nullish(),
            refusal: z.string().nullish(),
            tool_calls: z.array(ToolCallDelta).nullish(),
          })
          .nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .default([]),
  usage: z.object({ prompt_tokens: z.number().min(0), completion_tokens: z.number().min(0) }).nullish(),
});
export type ChatChunk = z.infer<typeof ChatChunk>;

/** ModelFailure `garbage` that names the fields at fault, never what was in them. */
export function readChunk(raw: unknown): ChatChunk {
  const parsed = ChatChunk.safeParse(raw);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.slice(0, 3).map(({ path, code }) => `${path.join('.')} (${code})`);
  throw new ModelFailure('garbage', `a chunk is not as published: ${faults.join(', ')}`);
}

/** False for what only keeps the connection open: empty deltas, the role, a filter's verdict. */
export const saysSomething = ({ choices: [choice], usage }: ChatChunk): boolean =>
  Boolean(
    usage ??
    (choice?.delta?.content || choice?.delta?.refusal || choice?.delta?.tool_calls?.length || choice?.finish_reason),
  );
