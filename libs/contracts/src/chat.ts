import { z } from 'zod';
import { ProblemDetails } from './problem';

export const ChatRequest = z
  .strictObject({
    message: z.string().trim().min(1).max(8000),
    conversationId: z.uuid().optional(),
    model: z.string().min(1).max(100).optional(),
    asOf: z.iso.date().optional(),
  })
  .meta({ id: 'ChatRequest', example: { message: 'How risky is AAPL compared with MSFT since 2015?' } });
export type ChatRequest = z.infer<typeof ChatRequest>;

export const Citation = z
  .object({
    id: z.string(),
    title: z.string(),
    documentId: z.string().optional(),
    page: z.number().int().min(1).max(100_000).optional(),
    url: z.string().optional(),
    snippet: z.string(),
  })
  .meta({ id: 'Citation' });
export type Citation = z.infer<typeof Citation>;

/** One number in the answer: characters [start, end) of `content`; ok when a tool result or the user's words back it. */
export const Grounding = z
  .object({
    start: z.number().int().min(0).max(1_000_000),
    end: z.number().int().min(0).max(1_000_000),
    text: z.string(),
    ok: z.boolean(),
    toolCallId: z.string().optional(),
  })
  .meta({ id: 'Grounding' });
export type Grounding = z.infer<typeof Grounding>;

export const Usage = z
  .object({ model: z.string(), promptTokens: z.number(), completionTokens: z.number(), costUsd: z.number() })
  .meta({ id: 'Usage' });
export type Usage = z.infer<typeof Usage>;

const ToolArguments = z.record(z.string(), z.unknown());

export const ToolCallReport = z.object({
  id: z.string(),
  name: z.string(),
  arguments: ToolArguments,
  ok: z.boolean(),
  durationMs: z.number(),
});
export type ToolCallReport = z.infer<typeof ToolCallReport>;

export const FinishReason = z.enum(['stop', 'length', 'cancelled', 'content-filter', 'error']);
export type FinishReason = z.infer<typeof FinishReason>;

/** One server-sent event of a streamed reply: `event` is its name on the wire, `data` its JSON. */
export const ChatEvent = z.discriminatedUnion('event', [
  z.object({ event: z.literal('conversation'), data: z.object({ conversationId: z.uuid(), messageId: z.uuid() }) }),
  z.object({
    event: z.literal('tool_call'),
    data: z.object({ id: z.string(), name: z.string(), arguments: ToolArguments }),
  }),
  z.object({
    event: z.literal('tool_result'),
    data: z.object({ id: z.string(), name: z.string(), ok: z.boolean(), durationMs: z.number(), summary: z.string() }),
  }),
  z.object({ event: z.literal('delta'), data: z.object({ text: z.string() }) }),
  z.object({ event: z.literal('grounding'), data: Grounding }),
  z.object({ event: z.literal('citation'), data: Citation }),
  z.object({ event: z.literal('usage'), data: Usage }),
  z.object({
    event: z.literal('done'),
    data: z.object({ messageId: z.uuid(), finishReason: FinishReason, degraded: z.boolean() }),
  }),
  z.object({ event: z.literal('problem'), data: ProblemDetails }),
]);
export type ChatEvent = z.infer<typeof ChatEvent>;

export const ChatReply = z
  .object({
    conversationId: z.uuid(),
    messageId: z.uuid(),
    content: z.string(),
    toolCalls: z.array(ToolCallReport),
    citations: z.array(Citation),
    grounding: z.array(Grounding),
    usage: Usage,
    degraded: z.boolean(),
  })
  .meta({ id: 'ChatReply' });
export type ChatReply = z.infer<typeof ChatReply>;

export const ConversationSummary = z
  .object({
    id: z.uuid(),
    title: z.string(),
    createdAt: z.iso.datetime(),
    lastMessageAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'ConversationSummary' });
export type ConversationSummary = z.infer<typeof ConversationSummary>;

export const ConversationMessage = z
  .object({
    id: z.uuid(),
    role: z.enum(['user', 'assistant']),
    content: z.string(),
    createdAt: z.iso.datetime(),
    toolCalls: z.array(ToolCallReport).optional(),
    citations: z.array(Citation).optional(),
    grounding: z.array(Grounding).optional(),
    usage: Usage.optional(),
    degraded: z.boolean().optional(),
    finishReason: FinishReason.optional(),
  })
  .meta({ id: 'ConversationMessage' });
export type ConversationMessage = z.infer<typeof ConversationMessage>;

export const Conversation = ConversationSummary.extend({ messages: z.array(ConversationMessage) }).meta({
  id: 'Conversation',
});
export type Conversation = z.infer<typeof Conversation>;

export const ModelRow = z
  .object({ name: z.string(), provider: z.string(), available: z.boolean(), default: z.boolean() })
  .meta({ id: 'Model' });
export type ModelRow = z.infer<typeof ModelRow>;

export const KnowledgeQuery = z.strictObject({
  q: z.string().trim().min(1).max(400),
  k: z.coerce.number().int().min(1).max(20).default(5),
});
export type KnowledgeQuery = z.infer<typeof KnowledgeQuery>;

export const KnowledgeHit = z
  .object({
    documentId: z.string(),
    title: z.string(),
    page: z.number().int().min(1).max(100_000).optional(),
    snippet: z.string(),
    score: z.number(),
  })
  .meta({ id: 'KnowledgeHit' });
export type KnowledgeHit = z.infer<typeof KnowledgeHit>;
