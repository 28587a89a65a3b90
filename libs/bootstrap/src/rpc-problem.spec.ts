import { Metadata } from '@grpc/grpc-js';
import { Controller, Module, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type ClientGrpc, ClientProxyFactory, GrpcMethod, Transport } from '@nestjs/microservices';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { chatService, Problem, type RpcText } from '@stocktool/contracts';
import { RequestContext } from '@stocktool/observability';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { firstValueFrom, type Observable, of, throwError, toArray } from 'rxjs';
import { chatGrpcOptions, prewarmGrpc } from './grpc';
import { rpcProblem } from './rpc-problem';
import { serviceParts } from './service-application';
import { connectGrpc } from './start-service';

const wholeProblem = new Problem('validation-failed', 'Ungültig: “weights” must sum to 1 — 株', {
  errors: [{ path: 'holdings.0.weight', message: 'too big' }],
  retryAfterSeconds: 3,
});
const hugeProblem = new Problem('validation-failed', 'x'.repeat(50_000), {
  errors: Array.from({ length: 500 }, (_, index) => ({ path: `holdings.${index}`, message: 'wrong' })),
});

const started: string[] = [];

@Controller()
class ChatController implements OnModuleInit, OnApplicationBootstrap {
  onModuleInit(): void {
    started.push('module');
  }
  onApplicationBootstrap(): void {
    started.push('application');
  }

  @GrpcMethod(chatService, 'ListModels')
  list({ json }: RpcText): Observable<RpcText> {
    if (json === 'problem') return throwError(() => wholeProblem);
    if (json === 'huge') throw hugeProblem;
    if (json === 'bug') throw new Error('hunter2');
    const { requestId, traceparent } = RequestContext.current()!;
    return of({ json: JSON.stringify({ requestId, traceparent }) });
  }

  @GrpcMethod(chatService, 'Reply')
  reply(): Observable<{ sequence: number; json: string }> {
    return throwError(() => new Problem('conversation-not-found', 'No conversation 7'));
  }
}

@Module({ controllers: [ChatController] })
class ChatModule {}

interface ChatClient {
  listModels(request: RpcText, metadata?: Metadata): Observable<RpcText>;
  reply(request: RpcText): Observable<unknown>;
}

let app: NestFastifyApplication;
let client: ChatClient;
let proxy: ClientGrpc & { close(): void };

beforeAll(async () => {
  await prewarmGrpc();
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  const { root, adapter } = serviceParts({ name: 'chat', module: ChatModule, log: { level: 'silent' }, sink: false });
  app = await NestFactory.create<NestFastifyApplication>(root, adapter, { logger: false });
  await connectGrpc(app, `127.0.0.1:${port}`);
  await app.init();
  await app.startAllMicroservices();
  proxy = ClientProxyFactory.create({
    transport: Transport.GRPC,
    options: chatGrpcOptions(`127.0.0.1:${port}`),
  });
  client = proxy.getService<ChatClient>(chatService);
});
afterAll(async () => {
  proxy.close();
  await app.close();
});

it('starts what is provided once, though two servers share it', () => {
  expect(started).toEqual(['module', 'application']);
});

const failureOf = async (call: Observable<unknown>): Promise<Problem | undefined> => {
  const error: unknown = await firstValueFrom(call.pipe(toArray())).catch((reason: unknown) => reason);
  return rpcProblem.fromError(error);
};

describe('a problem thrown behind gRPC', () => {
  it('arrives whole: code, detail, faults, retry time', async () => {
    const problem = await failureOf(client.listModels({ json: 'problem' }));
    expect(problem).toBeInstanceOf(Problem);
    expect(problem).toMatchObject({
      code: 'validation-failed',
      message: wholeProblem.message,
      errors: wholeProblem.errors,
      retryAfterSeconds: 3,
    });
  });

  it('arrives from a stream too', async () => {
    expect(await failureOf(client.reply({ json: '' }))).toMatchObject({
      code: 'conversation-not-found',
      message: 'No conversation 7',
    });
  });

  it('is cut to what a header can carry', async () => {
    const problem = await failureOf(client.listModels({ json: 'huge' }));
    expect(problem?.code).toBe('validation-failed');
    expect(problem?.errors).toHaveLength(20);
  });

  it('stays opaque when it is a bug', async () => {
    const problem = await failureOf(client.listModels({ json: 'bug' }));
    expect(problem?.code).toBe('internal-error');
    expect(JSON.stringify(problem) + String(problem?.message)).not.toContain('hunter2');
  });
});

describe('errors of the transport', () => {
  it('of a server that is down are a dependency that is not available', async () => {
    const dead = ClientProxyFactory.create({
      transport: Transport.GRPC,
      options: chatGrpcOptions('127.0.0.1:1'),
    }) as unknown as ClientGrpc & {
      close(): void;
    };
    const problem = await failureOf(dead.getService<ChatClient>(chatService).listModels({ json: '' }));
    dead.close();
    expect(problem).toMatchObject({ code: 'dependency-unavailable', retryAfterSeconds: 2 });
  });

  it('that are none of gRPC, or a cancellation of ours, are no problem of the other side', () => {
    expect(rpcProblem.fromError(new Error('x'))).toBeUndefined();
    expect(rpcProblem.fromError({ code: 1, details: 'Cancelled on client' })).toBeUndefined();
  });

  it('with a text that only looks like ours fall back to the status', () => {
    expect(
      rpcProblem.fromError({ code: 14, details: '{"type":"/problems/nonsense","title":"x","status":400}' }),
    ).toMatchObject({
      code: 'dependency-unavailable',
    });
    expect(rpcProblem.fromError({ code: 13, details: '{broken' })).toMatchObject({ code: 'internal-error' });
  });
});

it('a call carries its request id and trace into the handler', async () => {
  const metadata = new Metadata();
  metadata.set('x-request-id', 'r-42');
  metadata.set('traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01');
  const { json } = await firstValueFrom(client.listModels({ json: '' }, metadata));
  expect(JSON.parse(json)).toEqual({
    requestId: 'r-42',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  });
});
