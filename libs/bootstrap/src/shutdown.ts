import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { MetricsFlusher } from '@stocktool/observability';
import { topology } from '@stocktool/topology';
import type { Logger } from 'pino';
import type { ServiceState } from './service-state';

export interface ShutdownParts {
  app: NestFastifyApplication;
  state: ServiceState;
  logger: Logger;
  flusher: MetricsFlusher;
  graceSeconds: number;
  drainSeconds: number;
  /** Tells the callers of the gRPC server to connect elsewhere; calls that run go on. */
  leaveGrpc?: () => void;
}

const lastFlushMs = 2000;
/** Calls that were on their way when their caller was told to go elsewhere are still taken. */
const leaveGrpcMs = 300;

/**
 * SIGTERM or SIGINT: live answers 503 at once and gRPC callers are sent elsewhere; after the grace nothing more is accepted, and
 * what was begun gets `drainSeconds`: requests first, then messages and replies. The modules close, metrics are flushed, and the
 * process ends with 0, in the time that `topology.stopping` says. A second signal ends it at once. An error nobody caught is
 * logged and ends it with 1.
 */
export function endOnSignals(parts: ShutdownParts): void {
  const { state, logger } = parts;
  let signals = 0;
  const onSignal = (signal: NodeJS.Signals): void => {
    signals += 1;
    if (signals > 1) {
      logger.warn({ signal }, 'second signal, ending at once');
      process.exit(1);
    }
    state.startDraining();
    logger.info({ signal }, 'draining');
    void drain(parts).then((code) => process.exit(code));
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  const onFault = (error: unknown): void => {
    logger.fatal({ err: error }, 'nobody caught this, ending');
    void within(lastFlushMs, parts.flusher.flush()).finally(() => process.exit(1));
  };
  process.on('unhandledRejection', onFault).on('uncaughtException', onFault);
}

async function drain({ app, state, logger, graceSeconds, drainSeconds, leaveGrpc }: ShutdownParts): Promise<number> {
  try {
    leaveGrpc?.();
    await delay(Math.max(graceSeconds * 1000, leaveGrpc ? leaveGrpcMs : 0));
    const lateMs = (drainSeconds + topology.stopping.closingSeconds) * 1000;
    const deadline = delay(lateMs, 'late' as const, { ref: false });
    state.endEventStreams();
    await finishRequests(app.getHttpServer(), drainSeconds * 1000, logger);
    if ((await Promise.race([app.close(), deadline])) === 'late') {
      logger.error('closing took too long, ending without it');
      return 1;
    }
    logger.info('ended');
    return 0;
  } catch (error) {
    logger.error({ err: error }, 'closing failed');
    return 1;
  }
}

/** Nest closes modules before the server, which would take their clients away from requests in flight: so the server goes first. */
async function finishRequests(server: Server, inFlightMs: number, logger: Logger): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  if (await within(inFlightMs, closed)) return;
  logger.warn('cutting requests that are still running');
  server.closeAllConnections();
  await closed;
}

async function within(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  const late = delay(milliseconds, false, { ref: false });
  return Promise.race([work.then(() => true), late]);
}
