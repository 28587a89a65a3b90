import { Body, Controller, Delete, Get, Headers, Param, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ChatReplay, ChatReply, ChatRequest } from '@stocktool/contracts';
import type { FastifyReply } from 'fastify';
import { Access, CurrentCaller, type Caller } from '../access/access';
import { Describe, Resumable } from '../documentation/describe';
import { IdempotencyKey } from '../idempotency/idempotency-key';
import { Conversations } from './conversations';
import { StreamReply, WholeReply } from './reply';

const eventNames =
  '`conversation`, `tool_call`, `tool_result`, `delta`, `grounding`, `citation`, `usage`, `done`, `problem`';

@ApiTags('chat')
@Controller('v1/chat')
export class ChatController {
  constructor(
    private readonly wholeReply: WholeReply,
    private readonly streamReply: StreamReply,
    private readonly conversations: Conversations,
  ) {}

  @Post()
  @Access('write')
  @Describe('chat', 'Ask, and get the whole answer at once', {
    idempotent: true,
    answer: ChatReply,
    problems: ['conversation-not-found', 'reply-interrupted'],
  })
  ask(
    @CurrentCaller() caller: Caller,
    @IdempotencyKey() key: string | undefined,
    @Body({ schema: ChatRequest }) request: ChatRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ChatReply> {
    return this.wholeReply.run(caller, request, key, reply);
  }

  @Post('stream')
  @Access('write')
  @Describe('chatStream', 'Ask, and get the answer as it is made', {
    idempotent: true,
    stream: 'text/event-stream',
    description: `Events ${eventNames}. Closing the connection only detaches this reader.`,
    problems: ['conversation-not-found'],
  })
  stream(
    @CurrentCaller() caller: Caller,
    @IdempotencyKey() key: string | undefined,
    @Body({ schema: ChatRequest }) request: ChatRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.streamReply.run(caller, request, key, reply);
  }

  @Get('stream/:messageId')
  @Access('read')
  @Resumable()
  @Describe('resumeChatStream', 'Go on with a stream where it broke off', {
    stream: 'text/event-stream',
    description: `Events ${eventNames}.`,
    problems: ['message-not-found'],
  })
  resume(
    @CurrentCaller() caller: Caller,
    @Param('messageId') messageId: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.streamReply.resume(caller, messageId, lastEventId, reply);
  }

  @Delete('stream/:messageId')
  @Access('write')
  @Describe('stopChatStream', 'Stop a reply at once', {
    status: 204,
    problems: ['message-not-found', 'reply-finished'],
  })
  stop(@CurrentCaller() caller: Caller, @Param('messageId') messageId: string): Promise<void> {
    return this.conversations.stop(caller, messageId);
  }

  @Post('replay/:messageId')
  @Access('read')
  @Describe('replayChatAnswer', 'Make the tool calls of an answer again', {
    answer: ChatReplay,
    description:
      'Results equal byte by byte, or for each call what differs and why. Calls no model, begins no analysis and changes nothing.',
    problems: ['message-not-found'],
  })
  replay(@CurrentCaller() caller: Caller, @Param('messageId') messageId: string): Promise<ChatReplay> {
    return this.conversations.replay(caller, messageId);
  }
}
