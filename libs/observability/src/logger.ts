import type { DynamicModule } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';
import { isoNow } from './iso-now';
import { LogOutput } from './log-output';
import { redact, redactKeys, redactText } from './redact';
import { RequestContext } from './request-context';

export interface LoggerOptions {
  level?: string;
  /** Standard output in batches when absent. */
  destination?: DestinationStream;
}

/** One for the process, so that lines of several loggers keep their order. */
let standardOutput: LogOutput | undefined;

/**
 * One JSON object a line. Every line written while a request or message is worked on carries its requestId; secrets are
 * taken out of objects, errors and texts before anything is written.
 */
export function createLogger(service: string, { level = 'info', destination }: LoggerOptions = {}): Logger {
  const logger = pino(
    {
      level,
      base: { service },
      timestamp: () => `,"time":"${isoNow()}"`,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => redactKeys(fields),
        bindings: (fields) => redactKeys(fields),
      },
      serializers: { err: (error: Error) => redact(stdSerializers.err(error)) },
      mixin: requestFields,
      hooks: { streamWrite: redactText },
    },
    destination ?? (standardOutput ??= new LogOutput()),
  );
  // pino does not put what child loggers are bound to through a formatter.
  const prototype = Object.getPrototypeOf(logger) as Logger;
  logger.child = function (this: Logger, bindings: object, options?: object) {
    return prototype.child.call(this, redactKeys(bindings), options);
  } as Logger['child'];
  return logger;
}

function requestFields(): object {
  const scope = RequestContext.current();
  if (!scope) return {};
  return { requestId: scope.requestId, ...(scope.userId !== undefined && { userId: scope.userId }) };
}

/**
 * nestjs-pino over one such logger, for Nest's own `Logger`. Its middleware stays off: the request line is written by a raw
 * Fastify hook in bootstrap, which knows the route template and costs a third.
 */
export function loggerModule(service: string, options: LoggerOptions & { logger?: Logger } = {}): DynamicModule {
  const logger = options.logger ?? createLogger(service, options);
  return LoggerModule.forRoot({ pinoHttp: { logger, autoLogging: false }, forRoutes: [] });
}
