import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { TestingModuleBuilder } from '@nestjs/testing';
import type { LoggerOptions } from '@stocktool/observability';
import { type AppModule, serviceParts, useServiceLogger } from './service-application';
import type { ServiceOptions } from './start-service';

export interface TestServiceOptions extends Partial<
  Pick<ServiceOptions, 'configure' | 'fastify' | 'globalPrefix' | 'sink' | 'swagger'>
> {
  /** `(builder) => builder.overrideProvider(Clock).useValue(clock)` */
  override?: (builder: TestingModuleBuilder) => TestingModuleBuilder;
  log?: LoggerOptions;
}

/** For route specs: the module behind the same hooks, pipe and filter as in startService. Close it in `afterAll`. */
export async function testService(
  module: AppModule,
  options: TestServiceOptions = {},
): Promise<NestFastifyApplication> {
  const { Test } = await import('@nestjs/testing');
  const { sink = false, log = { level: 'silent' }, override, configure, fastify, globalPrefix, swagger } = options;
  const { adapter, root } = serviceParts({ name: 'test', module, log, sink, ...(fastify && { fastify }) });
  const builder = Test.createTestingModule({ imports: [root] });
  const compiled = await (override ? override(builder) : builder).compile();
  const app = compiled.createNestApplication<NestFastifyApplication>(adapter, { bodyParser: false });
  useServiceLogger(app);
  await configure?.(app);
  if (globalPrefix !== undefined) app.setGlobalPrefix(globalPrefix, { exclude: ['health/live', 'health/ready'] });
  swagger?.(app);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}
