import { Body, Controller, Delete, Get, Headers, Post, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiTags } from '@nestjs/swagger';
import { Problem } from '@stocktool/contracts';
import type { FastifyReply } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { Access, CurrentCaller, type Caller } from '../access/access';
import { Describe } from '../documentation/describe';
import { ServeMcp } from './serve-mcp';

/** One message; several in one would pass the limits of a caller as one. What is in it the protocol says. */
export const McpMessage = z
  .looseObject({ jsonrpc: z.literal('2.0') })
  .meta({ id: 'McpMessage', example: { jsonrpc: '2.0', id: 1, method: 'tools/list' } });
export type McpMessage = z.infer<typeof McpMessage>;

@ApiTags('chat')
@Controller('mcp')
export class McpController {
  constructor(private readonly serve: ServeMcp) {}

  @Post()
  @Access('read')
  @Describe('mcp', 'The assistant’s tools over the Model Context Protocol: streamable HTTP, stateless', {
    answer: McpMessage,
    problems: ['forbidden'],
  })
  async post(
    @CurrentCaller() caller: Caller,
    @Headers() headers: IncomingHttpHeaders,
    @Body({ schema: McpMessage }) message: McpMessage,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { status, contentType, text } = await this.serve.answer(caller, headers, message);
    await reply.status(status).header('content-type', contentType).send(text);
  }

  @Get()
  @Access('read')
  @ApiExcludeEndpoint()
  listen(@Res({ passthrough: true }) reply: FastifyReply): never {
    return onlyPost(reply);
  }

  @Delete()
  @Access('read')
  @ApiExcludeEndpoint()
  end(@Res({ passthrough: true }) reply: FastifyReply): never {
    return onlyPost(reply);
  }
}

/** Stateless: there is no stream to listen to and no session to end. Clients of the protocol go on after this status, and no other. */
function onlyPost(reply: FastifyReply): never {
  reply.header('allow', 'POST');
  throw new Problem('method-not-allowed', 'Messages are sent by POST, each is answered by itself.');
}
