import type { Metadata } from '@grpc/grpc-js';
import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import {
  AttachCall,
  CallToolCall,
  CancelCall,
  chatService,
  ConversationCall,
  ListConversationsCall,
  ReplayCall,
  ReplyCall,
  type RpcEvent,
  type RpcText,
  SearchKnowledgeCall,
} from '@stocktool/contracts';
import { from, switchMap, type Observable } from 'rxjs';
import type { z } from 'zod';
import { StartReply } from '../reply/start-reply';
import { StreamHub } from '../stream/stream-hub';
import { CallerVerifier } from './caller';
import { ChatReads } from './chat-reads';
import { readCall } from './read-call';
import { type EventCall, writeEvents } from './write-events';

/** The gRPC face: who calls, what for, and one answer as JSON text or a stream of events. */
@Controller()
export class ChatController {
  constructor(
    private readonly callers: CallerVerifier,
    private readonly startReply: StartReply,
    private readonly hub: StreamHub,
    private readonly reads: ChatReads,
  ) {}

  @GrpcMethod(chatService, 'Reply')
  reply(request: RpcText, metadata: Metadata, call: EventCall): Observable<RpcEvent> {
    return this.streaming(ReplyCall, request, metadata, async (userId, asked) => {
      const messageId = await this.startReply.run(userId, asked);
      return writeEvents(call, (signal) => this.hub.attach(userId, messageId, 0, signal));
    });
  }

  @GrpcMethod(chatService, 'Attach')
  attach(request: RpcText, metadata: Metadata, call: EventCall): Observable<RpcEvent> {
    return this.streaming(AttachCall, request, metadata, (userId, { messageId, afterSequence }) =>
      Promise.resolve(writeEvents(call, (signal) => this.hub.attach(userId, messageId, afterSequence, signal))),
    );
  }

  @GrpcMethod(chatService, 'Cancel')
  async cancel(request: RpcText, metadata: Metadata): Promise<RpcText> {
    const userId = await this.callers.userOf(metadata);
    await this.hub.cancel(userId, readCall(CancelCall, request).messageId);
    return json({});
  }

  @GrpcMethod(chatService, 'ListConversations')
  async listConversations(request: RpcText, metadata: Metadata): Promise<RpcText> {
    const userId = await this.callers.userOf(metadata);
    return json(await this.reads.conversations.list(userId, readCall(ListConversationsCall, request)));
  }

  @GrpcMethod(chatService, 'GetConversation')
  async getConversation(request: RpcText, metadata: Metadata): Promise<RpcText> {
    const userId = await this.callers.userOf(metadata);
    return json(await this.reads.conversations.get(userId, readCall(ConversationCall, request).conversationId));
  }

  @GrpcMethod(chatService, 'DeleteConversation')
  async deleteConversation(request: RpcText, metadata: Metadata): Promise<RpcText> {
    const userId = await this.callers.userOf(metadata);
    await this.reads.conversations.delete(userId, readCall(ConversationCall, request).conversationId);
    return json({});
  }

  @GrpcMethod(chatService, 'Replay')
  async replay(request: RpcText, metadata: Metadata): Promise<RpcText> {
    const userId = await this.callers.userOf(metadata);
    return json(await this.reads.replay.run(userId, readCall(ReplayCall, request).messageId));
  }

  @GrpcMethod(chatService, 'EraseUser')
  async eraseUser(_request: RpcText, metadata: Metadata): Promise<RpcText> {
    return json(await this.reads.eraseUser.run(await this.callers.userOf(metadata)));
  }

  @GrpcMethod(chatService, 'ListModels')
  async listModels(_request: RpcText, metadata: Metadata): Promise<RpcText> {
    await this.callers.userOf(metadata);
    return json({ items: this.reads.models.list() });
  }

  @GrpcMethod(chatService, 'SearchKnowledge')
  async searchKnowledge(request: RpcText, metadata: Metadata): Promise<RpcText> {
    const userId = await this.callers.userOf(metadata);
    const { q, k } = readCall(SearchKnowledgeCall, request);
    return json({ items: await this.reads.knowledge.search(userId, q, k) });
  }

  @GrpcMethod(chatService, 'ListTools')
  async listTools(_request: RpcText, metadata: Metadata): Promise<RpcText> {
    await this.callers.userOf(metadata);
    return json(this.reads.tools.list());
  }

  @GrpcMethod(chatService, 'CallTool')
  async callTool(request: RpcText, metadata: Metadata): Promise<RpcText> {
    const userId = await this.callers.userOf(metadata);
    return json(await this.reads.tools.call(userId, readCall(CallToolCall, request)));
  }

  @GrpcMethod(chatService, 'Ping')
  ping(): RpcText {
    return json({});
  }

  private streaming<Schema extends z.ZodType>(
    schema: Schema,
    request: RpcText,
    metadata: Metadata,
    start: (userId: string, asked: z.output<Schema>) => Promise<Observable<RpcEvent>>,
  ): Observable<RpcEvent> {
    const started = async () => start(await this.callers.userOf(metadata), readCall(schema, request));
    return from(started()).pipe(switchMap((events) => events));
  }
}

const json = (value: unknown): RpcText => ({ json: JSON.stringify(value) });
