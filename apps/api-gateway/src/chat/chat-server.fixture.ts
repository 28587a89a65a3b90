import {
  loadPackageDefinition,
  Server,
  ServerCredentials,
  status,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceClientConstructor,
} from '@grpc/grpc-js';
import { chatPackageDefinition, rpcProblem } from '@stocktool/bootstrap';
import { parseJson, Problem, userContextKey, type ChatEvent, type RpcEvent, type RpcText } from '@stocktool/contracts';
import { z } from 'zod';
import { decodeJwt, type JWTPayload } from 'jose';

type StreamCall = ServerWritableStream<RpcText, RpcEvent>;

/** A chat service that says what the test tells it to, over real gRPC. */
export class ChatServer {
  readonly asked: { call: string; request: unknown; context: JWTPayload; requestId: unknown }[] = [];
  cancelled = 0;
  /** What Reply and Attach do, and what the others answer. */
  stream: (call: StreamCall, request: { afterSequence?: number }) => void = (call) => call.end();
  answers: Record<string, unknown> = {};
  /** As a process that hangs: its connections are there and nothing is answered. */
  hangs = false;
  /** Calls that are answered so much later. */
  slowMs = 0;
  /** As a version from before pings. */
  knowsPing = true;
  private readonly server = new Server();

  async listen(): Promise<string> {
    const root = loadPackageDefinition(chatPackageDefinition()) as unknown as {
      stocktool: { chat: { v1: { Chat: ServiceClientConstructor } } };
    };
    const streaming = (name: string) => (call: StreamCall) => {
      call.on('cancelled', () => this.cancelled++);
      if (this.hangs) return;
      this.stream(call, this.note(name, call) as { afterSequence?: number });
    };
    const unary = (name: string) => (call: ServerUnaryCall<RpcText, RpcText>, done: sendUnaryData<RpcText>) => {
      if (this.hangs) return;
      this.note(name, call);
      const answer = this.answers[name];
      const say = () =>
        answer instanceof Error
          ? done(rpcProblem.toStatus(answer))
          : done(null, { json: JSON.stringify(answer ?? {}) });
      setTimeout(say, this.slowMs);
    };
    const ping = (_call: ServerUnaryCall<RpcText, RpcText>, done: sendUnaryData<RpcText>) => {
      if (this.hangs) return;
      if (this.knowsPing) done(null, { json: '{}' });
      else done({ code: status.UNIMPLEMENTED });
    };
    const names = [
      'Cancel',
      'EraseUser',
      'ListConversations',
      'GetConversation',
      'DeleteConversation',
      'Replay',
      'ListModels',
      'SearchKnowledge',
      'ListTools',
      'CallTool',
    ];
    this.server.addService(root.stocktool.chat.v1.Chat.service, {
      Reply: streaming('Reply'),
      Attach: streaming('Attach'),
      Ping: ping,
      ...Object.fromEntries(names.map((name) => [name, unary(name)])),
    });
    const port = await new Promise<number>((resolve, reject) =>
      this.server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    return `127.0.0.1:${port}`;
  }

  close(): void {
    this.server.forceShutdown();
  }

  private note(call: string, { request, metadata }: Pick<StreamCall, 'request' | 'metadata'>): unknown {
    const asked = parseJson(z.unknown(), request.json);
    const context = decodeJwt(String(metadata.get(userContextKey)[0]));
    this.asked.push({ call, request: asked, context, requestId: metadata.get('x-request-id')[0] });
    return asked;
  }
}

export const tell = (call: StreamCall, events: readonly ChatEvent[], after = 0): void =>
  events.forEach((event, index) => {
    if (index >= after) call.write({ sequence: index + 1, json: JSON.stringify(event) });
  });

export const refuse = (call: StreamCall, problem: Problem): void =>
  void call.emit('error', rpcProblem.toStatus(problem));
