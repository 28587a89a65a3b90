import type { DynamicModule, Type } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Problem } from '@stocktool/contracts';
import { createLogger, loggerModule, type LoggerOptions, Metrics, type MetricSink } from '@stocktool/observability';
import type { FastifyServerOptions } from 'fastify';
import { Logger as NestPinoLogger } from 'nestjs-pino';
import type { Logger } from 'pino';
import { MetricsModule } from './metrics.module';
import { ProblemFilter } from './problem.filter';
import { addRequestHooks } from './request-hooks';
import { requestIdOf } from './request-scope';
import { answerNoHttp, answerRouterFault } from './send-problem';
import { ServiceState } from './service-state';
import { SchemaPipe } from './validation-pipe';

export type AppModule = Type | DynamicModule;

export interface ServiceParts {
  logger: Logger;
  state: ServiceState;
  adapter: FastifyAdapter;
  root: DynamicModule;
  metricsModule: DynamicModule;
}

export interface ApplicationOptions {
  name: string;
  module: AppModule;
  log: LoggerOptions;
  flushSeconds?: number;
  sink?: MetricSink | false;
  /** Further Fastify options: `trustProxy`, another `bodyLimit`. */
  fastify?: FastifyServerOptions;
}

class ServiceRoot {}

const bodyLimitBytes = 1_048_576;

/** Everything that startService and testService have alike: adapter, hooks, filter, pipe, logger, metrics. */
export function serviceParts({ name, module, log, flushSeconds, sink, fastify }: ApplicationOptions): ServiceParts {
  const logger = createLogger(name, log);
  const state = new ServiceState();
  const adapter = new FastifyAdapter({
    skipMiddie: true, // Express' middleware, which nothing here uses, would cost every request 3 µs
    bodyLimit: bodyLimitBytes,
    genReqId: requestIdOf,
    requestTimeout: 60_000,
    routerOptions: { maxParamLength: 300 },
    frameworkErrors: answerRouterFault,
    clientErrorHandler: answerNoHttp,
    ...(fastify as object),
  });
  const metricsModule = MetricsModule.register({
    service: name,
    logger,
    ...(flushSeconds !== undefined && { flushSeconds }),
    ...(sink !== undefined && { sink }),
  });
  const root: DynamicModule = {
    module: ServiceRoot,
    global: true,
    imports: [loggerModule(name, { logger }), metricsModule, module],
    providers: [
      { provide: ServiceState, useValue: state },
      { provide: APP_FILTER, useValue: new ProblemFilter(logger) },
      { provide: APP_PIPE, useValue: new SchemaPipe() },
    ],
    exports: [ServiceState],
  };
  addRequestHooks(adapter.getInstance(), { logger, state, metrics: metricsOf(metricsModule) });
  acceptOnlyJson(adapter);
  return { logger, state, adapter, root, metricsModule };
}

export function useServiceLogger(app: NestFastifyApplication): void {
  app.useLogger(app.get(NestPinoLogger));
}

function metricsOf(module: DynamicModule): Metrics {
  const provider = module.providers?.find((one) => 'provide' in one && one.provide === Metrics);
  if (!provider || !('useValue' in provider)) throw new Error('MetricsModule provides no Metrics');
  return provider.useValue as Metrics;
}

const deepestNesting = 32;
const tooDeep = () => new Problem('malformed-json', `The body nests deeper than ${deepestNesting} levels.`);

/** One pass over the text: a megabyte of opening brackets would take a parser more than a second, for anybody's request. */
function nestsBeyond(text: string, most: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      for (at++; at < text.length && text.charCodeAt(at) !== quote; at++) if (text.charCodeAt(at) === backslash) at++;
    } else if (code === openBracket || code === openBrace) {
      depth++;
      if (depth > most) return true;
    } else if (code === closeBracket || code === closeBrace) depth--;
  }
  return false;
}
const [quote, backslash, openBracket, closeBracket, openBrace, closeBrace] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];

/** Other media types answer 415 unless the app adds a parser. An empty JSON body counts as none: many clients send the header alone. */
function acceptOnlyJson(adapter: FastifyAdapter): void {
  const fastify = adapter.getInstance();
  const parseJsonBody = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    /^application\/(?:[\w.+-]+\+)?json(?:;|$)/,
    { parseAs: 'string' },
    (request, body, done) => {
      if (body === '') done(null, undefined);
      else if (nestsBeyond(body as string, deepestNesting)) done(tooDeep());
      else void parseJsonBody(request, body as string, done);
    },
  );
}
