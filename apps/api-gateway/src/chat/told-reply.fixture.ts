import { randomUUID } from 'node:crypto';
import type { ChatEvent } from '@stocktool/contracts';

export const conversationId = randomUUID();
export const messageId = randomUUID();
const usage = { model: 'offline', promptTokens: 10, completionTokens: 5, costUsd: 0 };
/** Everything that a reply may tell, in order. */
export const events: ChatEvent[] = [
  { event: 'conversation', data: { conversationId, messageId } },
  { event: 'tool_call', data: { id: 't1', name: 'get_stock_quote', arguments: { symbol: 'AAPL' } } },
  { event: 'tool_result', data: { id: 't1', name: 'get_stock_quote', ok: true, durationMs: 3, summary: 'AAPL' } },
  { event: 'delta', data: { text: 'AAPL is at ' } },
  { event: 'delta', data: { text: '129.93.' } },
  { event: 'grounding', data: { start: 11, end: 17, text: '129.93', ok: true, toolCallId: 't1' } },
  { event: 'citation', data: { id: 'c1', title: 'Quotes', snippet: 'A quote is …' } },
  { event: 'usage', data: usage },
  { event: 'done', data: { messageId, finishReason: 'stop', degraded: false } },
];
/** The same as one answer. */
export const whole = {
  conversationId,
  messageId,
  content: 'AAPL is at 129.93.',
  toolCalls: [{ id: 't1', name: 'get_stock_quote', arguments: { symbol: 'AAPL' }, ok: true, durationMs: 3 }],
  citations: [{ id: 'c1', title: 'Quotes', snippet: 'A quote is …' }],
  grounding: [{ start: 11, end: 17, text: '129.93', ok: true, toolCallId: 't1' }],
  usage,
  degraded: false,
};
