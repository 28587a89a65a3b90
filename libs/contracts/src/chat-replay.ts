import { z } from 'zod';

/** What an answer was made from: a data set or a document by its checksum, a live source by the time at which it was asked. */
export const DataVersion = z.object({ source: z.string(), version: z.string(), live: z.boolean() });
export type DataVersion = z.infer<typeof DataVersion>;

export const ReplayReason = z.object({
  code: z.enum([
    'live-data-moved-on',
    'data-changed',
    'analysis-went-on',
    'not-repeated',
    'not-offered',
    'not-in-time',
    'failed-then',
    'failed-now',
    'software-changed',
  ]),
  detail: z.string(),
});
export type ReplayReason = z.infer<typeof ReplayReason>;

export const ReplayDifference = z.object({
  path: z.string(),
  recorded: z.unknown().optional(),
  replayed: z.unknown().optional(),
});
export type ReplayDifference = z.infer<typeof ReplayDifference>;

/** One tool call of an answer, made again. `sha256` is of the result as JSON text, so that equal means equal byte by byte. */
export const ReplayedCall = z.object({
  id: z.string(),
  name: z.string(),
  arguments: z.record(z.string(), z.unknown()),
  /** The last date that it was made again as of, where that is not the date of the question. */
  asOf: z.iso.date().optional(),
  equal: z.boolean(),
  recorded: z.object({ ok: z.boolean(), sha256: z.string() }),
  replayed: z.object({ ok: z.boolean(), sha256: z.string(), result: z.unknown() }).optional(),
  /** Why it is not equal, or was not made again. */
  reason: ReplayReason.optional(),
  /** The first of them; absent too where the recorded result was too large to be kept. */
  differences: z.array(ReplayDifference).optional(),
});
export type ReplayedCall = z.infer<typeof ReplayedCall>;

export const ChatReplay = z
  .object({
    messageId: z.uuid(),
    conversationId: z.uuid(),
    createdAt: z.iso.datetime(),
    model: z.string().optional(),
    /** Of what the model was told last: system text, messages with tool results, tools. */
    promptSha256: z.string().optional(),
    /** Of the text of the answer. */
    contentSha256: z.string(),
    asOf: z.iso.date().optional(),
    data: z.object({ then: z.array(DataVersion), now: z.array(DataVersion) }),
    equal: z.boolean(),
    toolCalls: z.array(ReplayedCall),
  })
  .meta({ id: 'ChatReplay' });
export type ChatReplay = z.infer<typeof ChatReplay>;
