import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Controller, type DynamicModule, Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxyFactory, GrpcMethod, Transport, type ClientGrpc } from '@nestjs/microservices';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { chatService, type RpcText } from '@stocktool/contracts';
import { firstValueFrom, type Observable } from 'rxjs';
import { chatGrpcClientOptions, prewarmGrpc } from './grpc';
import { serviceParts } from './service-application';
import { connectGrpc } from './start-service';

const serverName = Symbol('server name');

@Controller()
class NamedController {
  constructor(@Inject(serverName) private readonly name: string) {}

  @GrpcMethod(chatService, 'ListModels')
  async listModels({ json }: RpcText): Promise<RpcText> {
    await delay(Number(json));
    return { json: this.name };
  }
}

@Module({})
class NamedModule {
  static named(name: string): DynamicModule {
    return {
      module: NamedModule,
      controllers: [NamedController],
      providers: [{ provide: serverName, useValue: name }],
    };
  }
}

interface Client {
  listModels(request: RpcText): Observable<RpcText>;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function server(name: string, port: number) {
  const module = NamedModule.named(name);
  const { root, adapter } = serviceParts({ name, module, log: { level: 'silent' }, sink: false });
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, { logger: false });
  const leave = await connectGrpc(app, `127.0.0.1:${port}`);
  await app.init();
  await app.startAllMicroservices();
  return { leave, close: () => app.close() };
}

it('one of two servers leaves and comes back, and no call fails', async () => {
  await prewarmGrpc();
  const [portA, portB] = [await freePort(), await freePort()];
  const [a, b] = [await server('a', portA), await server('b', portB)];
  const proxy = ClientProxyFactory.create({
    transport: Transport.GRPC,
    options: chatGrpcClientOptions(`ipv4:127.0.0.1:${portA},127.0.0.1:${portB}`),
  }) as unknown as ClientGrpc & { close(): void };
  const client = proxy.getService<Client>(chatService);
  const call = async (ms = 0) => (await firstValueFrom(client.listModels({ json: String(ms) }))).json;
  /** Calls until both have answered, or only the one that is expected did in twenty. */
  const answering = async () => {
    const names = new Set<string>();
    for (let calls = 0; calls < 20; calls++) names.add(await call());
    return [...names].sort();
  };
  const until = async (names: string[]) => {
    for (const deadline = performance.now() + 5000; performance.now() < deadline; await delay(50))
      if (JSON.stringify(await answering()) === JSON.stringify(names)) return;
    throw new Error(`not answered by ${names.join()}`);
  };

  await until(['a', 'b']);
  const running = Promise.all([call(600), call(600)]);
  await delay(100);
  a.leave();
  await until(['b']);
  expect((await running).sort()).toEqual(['a', 'b']);
  await a.close();
  expect(await answering()).toEqual(['b']);
  const again = await server('a', portA);
  await until(['a', 'b']);

  proxy.close();
  await Promise.all([again.close(), b.close()]);
});
