import { Injectable } from '@nestjs/common';
import { CallToolAnswer, ListToolsAnswer, Problem, problemDetails, type OfferedTool } from '@stocktool/contracts';
import type { CallToolResult, Tool } from '@modelcontextprotocol/sdk/types.js';
import type { IncomingHttpHeaders } from 'node:http';
import type { Caller } from '../access/access';
import { ChatClient } from '../chat/chat-client';
import { GatewayConfig } from '../config';
import type { McpMessage } from './mcp.controller';

const version = '1';
/** Of the headers, what the protocol reads; credentials stay here. */
const protocolHeaders = ['accept', 'mcp-protocol-version'] as const;

/** Loaded with the first question: most gateways are asked none. */
const load = async () => ({
  ...(await import('@modelcontextprotocol/sdk/server/index.js')),
  ...(await import('@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js')),
  ...(await import('@modelcontextprotocol/sdk/types.js')),
});

/** Set where a message could not be answered. */
interface Fault {
  error?: unknown;
}

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/**
 * The tools of the chat service over MCP. Stateless: each message is answered by itself, on any gateway, with JSON. A key needs the
 * scope `read`, and `write` for a tool that begins something that stays.
 */
@Injectable()
export class ServeMcp {
  constructor(
    private readonly chat: ChatClient,
    private readonly config: GatewayConfig,
  ) {}

  async answer(caller: Caller, headers: IncomingHttpHeaders, message: McpMessage): Promise<Answer> {
    this.refuseOtherOrigins(headers);
    const { WebStandardStreamableHTTPServerTransport } = await load();
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
    const fault: Fault = {};
    const server = await this.serverFor(caller, fault);
    await server.connect(transport);
    try {
      const request = new Request(new URL('/mcp', this.config.publicUrl), {
        method: 'POST',
        headers: [
          ['content-type', 'application/json'],
          ...protocolHeaders.flatMap((name) =>
            [headers[name] ?? []].flat().map((value): [string, string] => [name, value]),
          ),
        ],
      });
      const response = await transport.handleRequest(request, { parsedBody: message });
      if ('error' in fault) throw fault.error;
      const contentType = response.headers.get('content-type') ?? 'application/json';
      return { status: response.status, contentType, text: await response.text() };
    } finally {
      await server.close();
    }
  }

  /** A page of another site could otherwise have a browser on the same machine ask us. */
  private refuseOtherOrigins({ origin }: IncomingHttpHeaders): void {
    if (origin !== undefined && origin !== this.config.publicUrl.origin)
      throw new Problem('forbidden', 'This origin may not ask here.');
  }

  /** What goes wrong here is answered as on every route: the protocol's own answer would tell the words of any error. */
  private async serverFor(caller: Caller, fault: Fault) {
    const { Server, ListToolsRequestSchema, CallToolRequestSchema } = await load();
    const server = new Server({ name: 'stocktool', version }, { capabilities: { tools: {} } });
    const noting = <Result>(work: Promise<Result>) =>
      work.catch((error: unknown) => {
        fault.error = error;
        throw new Error('not answered');
      });
    const listed = async () => ({ tools: (await this.offered(caller)).map(shown) });
    server.setRequestHandler(ListToolsRequestSchema, () => noting(listed()));
    server.setRequestHandler(CallToolRequestSchema, ({ params: { name, arguments: args = {} } }) =>
      noting(this.call(caller, name, args)),
    );
    return server;
  }

  private async offered(caller: Caller): Promise<OfferedTool[]> {
    const { tools } = await this.chat.ask(caller, 'ListTools', {}, ListToolsAnswer);
    return tools.filter(({ keeps }) => !keeps || mayKeep(caller));
  }

  /** What a caller can act on is told to the model that asked, as a text: clients check structured content even of an error. */
  private async call(caller: Caller, name: string, args: Record<string, unknown>): Promise<CallToolResult> {
    try {
      const call = { name, arguments: args, mayKeep: mayKeep(caller) };
      const { ok, result } = await this.chat.ask(caller, 'CallTool', call, CallToolAnswer);
      return ok ? { ...told(result), structuredContent: result } : { ...told(result), isError: true };
    } catch (error) {
      if (!(error instanceof Problem) || error.code === 'dependency-unavailable') throw error;
      const { type, title, detail = '' } = problemDetails(error);
      return { ...told({ error: { code: type.replace('/problems/', ''), title, detail } }), isError: true };
    }
  }
}

const mayKeep = ({ scopes }: Caller): boolean => scopes.includes('write');

const told = (result: object): CallToolResult => ({ content: [{ type: 'text', text: JSON.stringify(result) }] });

const shown = ({ name, description, keeps, inputSchema, outputSchema }: OfferedTool): Tool => ({
  name,
  description,
  inputSchema,
  outputSchema,
  annotations: { readOnlyHint: !keeps, destructiveHint: false },
});
