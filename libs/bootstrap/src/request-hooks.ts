import {
  type Dimensions,
  type Metrics,
  RequestContext,
  requestLine,
  type RequestScope,
} from '@stocktool/observability';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { scopeOf } from './request-scope';
import { isEventStream, type ServiceState } from './service-state';

declare module 'fastify' {
  interface FastifyRequest {
    scope: RequestScope | null;
  }
}

export interface RequestHooks {
  metrics: Metrics;
  logger: Logger;
  state: ServiceState;
}

/**
 * Raw Fastify hooks, because a Nest interceptor costs 5 µs a request: request id and context, one log line and the
 * metrics of each request by route template. Register before any other hook.
 */
export function addRequestHooks(fastify: FastifyInstance, { metrics, logger, state }: RequestHooks): void {
  const routes = new Routes(logger);
  fastify.decorateRequest('scope', null);
  fastify.addHook('onRequest', (request, reply, done) => {
    state.open.add(reply.raw);
    request.scope = scopeOf(request.id, request.headers.traceparent);
    reply.header('x-request-id', request.id);
    if (state.draining) reply.header('connection', 'close');
    RequestContext.run(request.scope, done);
  });
  // Reading a body loses the context: it ends in a callback of the socket.
  fastify.addHook('preValidation', (request, _reply, done) => {
    if (request.scope && RequestContext.current() !== request.scope) RequestContext.run(request.scope, done);
    else done();
  });
  fastify.addHook('onResponse', (request, { raw, elapsedTime }, done) => {
    state.open.delete(raw);
    const route = routes.of(request);
    const status = raw.headersSent ? raw.statusCode : clientClosedRequest;
    if (request.scope) writeLine(logger, route, request.scope, status, elapsedTime);
    if (!route.isHealth) measure(metrics, route, status, isEventStream(raw) ? undefined : elapsedTime);
    done();
  });
}

/** nginx's number for a client that left before the answer. */
const clientClosedRequest = 499;
const healthRoutes = '/health/';

/** What is the same for every request to a route, made at the first. */
interface Route {
  readonly method: string;
  readonly template: string;
  readonly isHealth: boolean;
  readonly endpoint: Dimensions;
  readonly writeInfo: ReturnType<typeof requestLine>;
}

class Routes {
  private readonly known = new Map<string, Route>();

  constructor(private readonly logger: Logger) {}

  /** As many as there are route templates and methods that Node's parser knows. */
  of(request: FastifyRequest): Route {
    const { method } = request;
    const template = request.routeOptions.url ?? 'unmatched';
    const name = `${method} ${template}`;
    let route = this.known.get(name);
    if (!route) {
      route = {
        method,
        template,
        isHealth: template.startsWith(healthRoutes),
        endpoint: { Endpoint: template === 'unmatched' ? template : name },
        writeInfo: requestLine(this.logger, method, template),
      };
      this.known.set(name, route);
    }
    return route;
  }
}

function writeLine(logger: Logger, route: Route, scope: RequestScope, status: number, elapsedMs: number): void {
  const { method, template, isHealth, writeInfo } = route;
  const level = status >= 500 ? 'warn' : isHealth ? 'debug' : 'info';
  if (!logger.isLevelEnabled(level)) return;
  const durationMs = Math.round(elapsedMs * 100) / 100;
  if (level === 'info') writeInfo(scope, status, durationMs);
  else RequestContext.run(scope, () => logger[level]({ method, route: template, status, durationMs }, 'request'));
}

/**
 * Requests, Errors and APILatency, each in total and by `METHOD /route/template`. Errors are answers from 500 on: a
 * client's mistake is no fault of ours. Event streams count as requests but have no latency; health checks are not counted.
 */
function measure(metrics: Metrics, { endpoint }: Route, status: number, elapsedMs: number | undefined): void {
  metrics.count('Requests');
  metrics.count('Requests', 1, endpoint);
  if (status >= 500) {
    metrics.count('Errors');
    metrics.count('Errors', 1, endpoint);
  }
  if (elapsedMs === undefined) return;
  metrics.time('APILatency', elapsedMs);
  metrics.time('APILatency', elapsedMs, endpoint);
}
