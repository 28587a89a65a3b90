import {
  Citation,
  FinishReason,
  Grounding,
  ToolCallReport,
  Usage,
  type ConversationMessage,
  type ConversationSummary,
} from '@stocktool/contracts';
import { z } from 'zod';
import { Evidence } from '../replay/evidence';

export const headerTimestamp = '0';

/** Owner and expiry of a conversation: every read follows this item, whatever messages are still there. */
export const HeaderRow = z.object({
  conversationId: z.uuid(),
  userId: z.uuid(),
  title: z.string(),
  createdAt: z.iso.datetime(),
  lastMessageAt: z.iso.datetime(),
  ttl: z.number(),
  /** Every message is kept by its own ttl at least until then (epoch seconds). */
  messagesKeptUntil: z.number(),
  deletedAt: z.string().optional(),
});
export type HeaderRow = z.infer<typeof HeaderRow>;

/** A tool call of a reply with what the tool said: later questions may refer to it. */
export const ToolRecord = z.object({
  id: z.string(),
  name: z.string(),
  argumentsJson: z.string(),
  ok: z.boolean(),
  resultJson: z.string(),
});
export type ToolRecord = z.infer<typeof ToolRecord>;

export const MessageRow = z.object({
  timestamp: z.string(),
  messageId: z.uuid(),
  role: z.enum(['user', 'assistant']),
  content: z.string(),
  createdAt: z.iso.datetime(),
  toolCalls: z.array(ToolCallReport).optional(),
  toolRecords: z.array(ToolRecord).optional(),
  citations: z.array(Citation).optional(),
  grounding: z.array(Grounding).optional(),
  usage: Usage.optional(),
  degraded: z.boolean().optional(),
  finishReason: FinishReason.optional(),
  /** Up to this answer a text was read that neither we nor the user wrote. */
  readOthers: z.boolean().optional(),
  /** Of an answer. */
  evidence: Evidence.optional(),
});
export type MessageRow = z.infer<typeof MessageRow>;
export type NewMessage = Omit<MessageRow, 'timestamp' | 'createdAt'>;

/** Where an answer is, under its user: nobody finds one by its id alone. */
export const AnswerPointer = z.object({ of: z.uuid(), at: z.string() });
export const answersOf = (userId: string): string => `answers#${userId}`;

export const summaryOf = ({
  conversationId,
  title,
  createdAt,
  lastMessageAt,
  ttl,
}: HeaderRow): ConversationSummary => ({
  id: conversationId,
  title,
  createdAt,
  lastMessageAt,
  expiresAt: new Date(ttl * 1000).toISOString(),
});

export function messageOf({
  timestamp: _,
  messageId,
  toolRecords: __,
  evidence: ___,
  readOthers: ____,
  ...row
}: MessageRow): ConversationMessage {
  return { id: messageId, ...row };
}
