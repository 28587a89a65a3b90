import {
  Problem,
  problems,
  type ChatReply,
  type Citation,
  type Grounding,
  type ProblemCode,
  type ProblemDetails,
  type ToolCallReport,
  type Usage,
} from '@stocktool/contracts';
import type { SequencedEvent } from './chat-client';

/** A streamed reply as one answer. Throws what the stream reports, `reply-interrupted` when it breaks off. */
export async function foldReply(events: AsyncIterable<SequencedEvent>): Promise<ChatReply> {
  let ids: { conversationId: string; messageId: string } | undefined;
  let content = '';
  let usage: Usage | undefined;
  const toolCalls = new Map<string, ToolCallReport>();
  const citations: Citation[] = [];
  const grounding: Grounding[] = [];
  for await (const { event } of events) {
    switch (event.event) {
      case 'conversation':
        ids = event.data;
        break;
      case 'tool_call':
        toolCalls.set(event.data.id, { ...event.data, ok: false, durationMs: 0 });
        break;
      case 'tool_result': {
        const { id, name, ok, durationMs } = event.data;
        toolCalls.set(id, { id, name, arguments: toolCalls.get(id)?.arguments ?? {}, ok, durationMs });
        break;
      }
      case 'delta':
        content += event.data.text;
        break;
      case 'grounding':
        grounding.push(event.data);
        break;
      case 'citation':
        citations.push(event.data);
        break;
      case 'usage':
        usage = event.data;
        break;
      case 'problem':
        throw problemFrom(event.data);
      case 'done': {
        const { degraded } = event.data;
        if (!ids || !usage) throw new Error('a reply ended without saying what it is or what it cost');
        return { ...ids, content, toolCalls: [...toolCalls.values()], citations, grounding, usage, degraded };
      }
    }
  }
  throw new Problem('reply-interrupted', 'The reply broke off. Send the message again.', { retryAfterSeconds: 1 });
}

function problemFrom({ type, title, detail, errors }: ProblemDetails): Problem {
  const code = type.replace('/problems/', '');
  const known = Object.hasOwn(problems, code) ? (code as ProblemCode) : 'reply-interrupted';
  return new Problem(known, detail ?? title, errors && { errors });
}
