import { createHash } from 'node:crypto';
import { DataVersion } from '@stocktool/contracts';
import type { Prompt } from '@stocktool/llm';
import { z } from 'zod';

/** What an answer was made from, kept with it: enough to tell later whether the same calls give the same bytes, and if not, why. */
export const Evidence = z.object({
  /** Of what the model was told last; absent where it was told nothing. */
  promptSha256: z.string().optional(),
  contentSha256: z.string(),
  asOf: z.string().optional(),
  data: z.array(DataVersion),
  /** Of every tool result, by the id of its call; also of those too large to be kept. */
  results: z.record(z.string(), z.string()),
});
export type Evidence = z.infer<typeof Evidence>;

export const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');

interface Made {
  readonly content: string;
  readonly prompt: Prompt | undefined;
  readonly resultHashes: Readonly<Record<string, string>>;
}

export function evidenceOf({ content, prompt, resultHashes }: Made, data: DataVersion[], asOf?: string): Evidence {
  return {
    ...(prompt && { promptSha256: promptHash(prompt) }),
    contentSha256: sha256Of(content),
    ...(asOf !== undefined && { asOf }),
    data,
    results: { ...resultHashes },
  };
}

function promptHash({ system, messages, tools, today }: Prompt): string {
  const offered = tools.map(({ name, description }) => [name, description]);
  return sha256Of(JSON.stringify([system, messages, offered, today]));
}
