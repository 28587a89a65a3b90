import { NestFactory } from '@nestjs/core';
import type { NestMicroservice } from '@nestjs/microservices';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createLogger, type MetricSink, MetricsFlusher } from '@stocktool/observability';
import type { FastifyServerOptions } from 'fastify';
import type { Logger } from 'pino';
import { BadEnvironment, readEnvironment, ServiceEnvironment } from './environment';
import { type AppModule, serviceParts, useServiceLogger } from './service-application';
import { endOnSignals } from './shutdown';

export interface ServiceOptions {
  name: string;
  module: AppModule;
  port: number;
  /** Serves the chat package of the contracts as well. */
  grpc?: { url: string };
  /** `swaggerDocs({...})` */
  swagger?: (app: NestFastifyApplication) => void;
  globalPrefix?: string;
  /** Before routes are made: Fastify plugins, further body parsers. */
  configure?: (app: NestFastifyApplication) => void | Promise<void>;
  fastify?: FastifyServerOptions;
  /** Where metric batches go instead of the metrics queue. */
  sink?: MetricSink;
  env: NodeJS.ProcessEnv;
}

/** Starts a service and keeps it until a signal ends it. A failed start is one log line and exit code 1. */
export async function startService(options: ServiceOptions): Promise<NestFastifyApplication> {
  const environment = environmentOf(options);
  const parts = serviceParts({
    ...options,
    log: { level: environment.LOG_LEVEL },
    flushSeconds: environment.METRICS_FLUSH_SECONDS,
  });
  const { adapter, logger, root, state } = parts;
  try {
    if (options.grpc) await (await import('./grpc')).prewarmGrpc();
    const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
      bufferLogs: true,
      abortOnError: false,
      bodyParser: false,
    });
    useServiceLogger(app);
    const leaveGrpc = await prepare(app, options);
    const flusher = app.get(MetricsFlusher);
    const { DRAIN_GRACE_SECONDS: graceSeconds, DRAIN_SECONDS: drainSeconds } = environment;
    endOnSignals({ app, state, logger, flusher, graceSeconds, drainSeconds, ...(leaveGrpc && { leaveGrpc }) });
    await app.init();
    await app.startAllMicroservices();
    // Not app.listen: Nest logs a taken port on its own, in a line that says less.
    const url = await adapter.getInstance().listen({ port: options.port, host: environment.HOST });
    logger.info({ url, ...(options.grpc && { grpc: options.grpc.url }) }, 'listening');
    return app;
  } catch (error) {
    return endFailedStart(logger, options, error);
  }
}

function environmentOf({ name, port, env }: ServiceOptions): ServiceEnvironment {
  try {
    return readEnvironment(ServiceEnvironment, env);
  } catch (error) {
    return endFailedStart(createLogger(name), { port }, error);
  }
}

async function prepare(
  app: NestFastifyApplication,
  { configure, globalPrefix, grpc, swagger }: ServiceOptions,
): Promise<(() => void) | undefined> {
  await configure?.(app);
  if (globalPrefix !== undefined) app.setGlobalPrefix(globalPrefix, { exclude: ['health/live', 'health/ready'] });
  swagger?.(app);
  return grpc && connectGrpc(app, grpc.url);
}

/**
 * The chat service's gRPC server, with the same filter and pipe as HTTP, each call in its request context. What is given back
 * stops listening and says GOAWAY: callers connect to another process at once instead of being refused by one that ends.
 */
export async function connectGrpc(app: NestFastifyApplication, url: string): Promise<() => void> {
  const [{ chatGrpcOptions, rpcContextHook }, { LeavingGrpcServer }] = await Promise.all([
    import('./grpc'),
    import('./leaving-grpc-server'),
  ]);
  const strategy = new LeavingGrpcServer(chatGrpcOptions(url));
  const server = app.connectMicroservice({ strategy }, { inheritAppConfig: true, deferInitialization: true });
  server.registerPreRequestHook(rpcContextHook);
  // Its initialisation is deferred for the hook above; the hooks of providers are the application's to call, once.
  (server as NestMicroservice).setIsInitHookCalled(true);
  return () => strategy.leave();
}

function endFailedStart(logger: Logger, { port, grpc }: Pick<ServiceOptions, 'port' | 'grpc'>, error: unknown): never {
  const text = error instanceof Error ? error.message : String(error);
  const taken = /EADDRINUSE|address already in use|No address added out of total/i.test(text);
  if (taken)
    logger.fatal({ port, ...(grpc && { grpc: grpc.url }) }, `port taken, is the service running already? ${text}`);
  else if (error instanceof BadEnvironment) logger.fatal(text);
  else logger.fatal({ err: error }, 'could not start');
  process.exit(1);
}
