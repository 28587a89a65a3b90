import { Injectable } from '@nestjs/common';
import { ChatReply, Conversation, Problem, type ChatRequest, type ConversationMessage } from '@stocktool/contracts';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Caller } from '../access/access';
import { Idempotency } from '../idempotency/idempotency';
import { OpenStreams } from '../streams/open-streams';
import { ChatClient, type SequencedEvent } from './chat-client';
import { FollowReply } from './follow-reply';
import { foldReply } from './fold-reply';

/** What is kept under an idempotency key: where the reply is, not its text, so that deleting a conversation deletes it all. */
const Place = z.object({ conversationId: z.uuid(), messageId: z.uuid() });
type Place = z.infer<typeof Place>;

interface Begun {
  readonly place: Place;
  readonly events: AsyncGenerator<SequencedEvent>;
}

/** Aborted when whoever asked has gone: the call to the chat service is closed, which detaches this reader. */
const readerOf = ({ raw }: FastifyReply): AbortSignal => {
  const gone = new AbortController();
  raw.once('close', () => gone.abort());
  return gone.signal;
};

@Injectable()
export class BeginReply {
  constructor(
    private readonly chat: ChatClient,
    private readonly once: Idempotency,
    private readonly follow: FollowReply,
  ) {}

  /**
   * A new reply; under a key that was used, the same reply from its first event, whether it still runs or not. A reply that
   * has begun is never made again: a model call costs money. Whoever left before the first event finds it by its id, which the
   * key holds from the start.
   */
  async run(caller: Caller, request: ChatRequest, key: string | undefined, http: FastifyReply): Promise<Begun> {
    const reader = readerOf(http);
    let events: AsyncGenerator<SequencedEvent> | undefined;
    const place = await this.once.perKey(
      caller.userId,
      key,
      { operation: 'chat', request },
      Place,
      async (messageId) => {
        const call = key === undefined ? request : { ...request, messageId };
        const rest = this.chat.events(caller, 'Reply', call, reader);
        const first = await firstOf(rest, reader);
        if (first.event.event !== 'conversation') throw new Error('a reply does not begin by saying where it is');
        const { messageId: id } = first.event.data;
        const followed = this.follow.run({ caller, messageId: id, after: first.sequence }, rest, reader, true);
        events = withFirst(first, followed);
        return first.event.data;
      },
    );
    const { messageId } = place;
    return { place, events: events ?? this.follow.attach({ caller, messageId, after: 0 }, reader) };
  }
}

@Injectable()
export class WholeReply {
  constructor(
    private readonly begin: BeginReply,
    private readonly chat: ChatClient,
  ) {}

  /** The stream of events as one answer; when its events are gone, as the conversation remembers it. */
  async run(caller: Caller, request: ChatRequest, key: string | undefined, http: FastifyReply): Promise<ChatReply> {
    const { place, events } = await this.begin.run(caller, request, key, http);
    try {
      return await foldReply(events);
    } catch (error) {
      if (error instanceof Problem && error.code === 'message-not-found') return this.remembered(caller, place);
      throw error;
    }
  }

  private async remembered(caller: Caller, { conversationId, messageId }: Place): Promise<ChatReply> {
    const { messages } = await this.chat.ask(caller, 'GetConversation', { conversationId }, Conversation);
    const kept = messages.find(({ id }) => id === messageId);
    if (!kept) throw new Problem('message-not-found', 'The reply is gone.');
    return replyOf(conversationId, kept);
  }
}

const noUsage = { model: 'unknown', promptTokens: 0, completionTokens: 0, costUsd: 0 };

const replyOf = (conversationId: string, message: ConversationMessage): ChatReply => ({
  conversationId,
  messageId: message.id,
  content: message.content,
  toolCalls: message.toolCalls ?? [],
  citations: message.citations ?? [],
  grounding: message.grounding ?? [],
  usage: message.usage ?? noUsage,
  degraded: message.degraded ?? false,
});

@Injectable()
export class StreamReply {
  constructor(
    private readonly begin: BeginReply,
    private readonly follow: FollowReply,
    private readonly streams: OpenStreams,
  ) {}

  async run(caller: Caller, request: ChatRequest, key: string | undefined, http: FastifyReply): Promise<void> {
    const { events } = await this.begin.run(caller, request, key, http);
    await this.relay(caller.userId, http, events);
  }

  /** The events of a running or recent reply after the last one that the reader has. */
  async resume(caller: Caller, messageId: string, lastEventId: string | undefined, http: FastifyReply): Promise<void> {
    if (!z.uuid().safeParse(messageId).success) throw new Problem('message-not-found', 'There is no such reply.');
    const afterSequence = /^\d{1,9}$/.test(lastEventId ?? '') ? Number(lastEventId) : 0;
    const events = this.follow.attach({ caller, messageId, after: afterSequence }, readerOf(http));
    await this.relay(caller.userId, http, events);
  }

  /** The first event is awaited before the answer begins: what fails until then is an ordinary problem. */
  private async relay(userId: string, http: FastifyReply, events: AsyncGenerator<SequencedEvent>): Promise<void> {
    const first = await events.next();
    if (first.done) return void http.code(204).send(); // the reader has it all
    await this.streams.run(userId, http, async (stream) => {
      for await (const { sequence, event } of withFirst(first.value, events)) {
        if (stream.closed.aborted) return;
        await stream.send({ id: String(sequence), ...event });
      }
    });
  }
}

async function firstOf(events: AsyncGenerator<SequencedEvent>, reader: AbortSignal): Promise<SequencedEvent> {
  const next = await events.next();
  if (next.done && reader.aborted) throw new Problem('dependency-unavailable', 'Whoever asked has left.');
  if (!next.done && next.value.event.event === 'problem')
    throw new Problem('reply-interrupted', 'The reply ended before it began. Send the message again.');
  if (next.done) throw new Problem('reply-interrupted', 'The reply did not begin. Send the message again.');
  return next.value;
}

async function* withFirst(first: SequencedEvent, rest: AsyncGenerator<SequencedEvent>): AsyncGenerator<SequencedEvent> {
  try {
    yield first;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}
