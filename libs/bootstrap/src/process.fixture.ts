import { setTimeout as delay } from 'node:timers/promises';
import { Controller, Get, Module, type OnModuleDestroy, Query, Res } from '@nestjs/common';
import type { MetricBatch } from '@stocktool/contracts';
import { MetricSink } from '@stocktool/observability';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { HealthModule } from './health.module';
import { startService } from './start-service';

/** A service for process.spec.ts, which starts it as a process of its own and sends it signals. */
const Wait = z.object({ ms: z.coerce.number() });
type Wait = z.infer<typeof Wait>;

@Controller()
class WaitController implements OnModuleDestroy {
  private closed = false;

  @Get('wait')
  async wait(@Query({ schema: Wait }) { ms }: Wait): Promise<{ closed: boolean }> {
    await delay(ms);
    return { closed: this.closed };
  }

  @Get('reject')
  reject(): string {
    void Promise.reject(new Error('nobody awaits this'));
    return 'ok';
  }

  @Get('endless')
  endless(@Res() reply: FastifyReply): void {
    reply.hijack();
    reply.raw.setHeader('content-type', 'text/event-stream');
    reply.raw.flushHeaders();
  }

  onModuleDestroy(): void {
    this.closed = true;
  }
}

@Module({ imports: [HealthModule.register({ checks: [] })], controllers: [WaitController] })
class WaitModule {}

class StandardOutputSink extends MetricSink {
  override send(batch: MetricBatch): Promise<void> {
    for (const { name, values } of batch.series) process.stdout.write(`flushed ${name} ${values.join()}\n`);
    return Promise.resolve();
  }
}

const [port = '0', grpcUrl] = process.argv.slice(2);
await startService({
  env: process.env,
  name: 'fixture',
  module: WaitModule,
  port: Number(port),
  sink: new StandardOutputSink(),
  ...(grpcUrl !== undefined && { grpc: { url: grpcUrl } }),
});
