import { ProblemDetails } from '@stocktool/contracts';
import { z } from 'zod';

/** What everybody must know about a reply: whose it is, whether its process lives, whether it has ended. */
export const StreamHead = z.object({
  messageId: z.uuid(),
  userId: z.uuid(),
  startedAtEpochMs: z.number(),
  heartbeatAtEpochMs: z.number(),
  /** Readers of other processes announce themselves here. */
  readerSeenAtEpochMs: z.number(),
  cancelRequested: z.boolean().optional(),
  /** Set once, at the end. */
  lastSequence: z.number().int().optional(),
  /** The last event, in place of a part, when another process found this one dead. */
  interruptedBy: ProblemDetails.optional(),
});
export type StreamHead = z.infer<typeof StreamHead>;

export const streamLifeSeconds = 600;
export const streamScopeOf = (messageId: string): string => `stream#${messageId}`;

export const StreamPart = z.object({ firstSequence: z.number().int(), events: z.array(z.string()).min(1) });
export type StreamPart = z.infer<typeof StreamPart>;
