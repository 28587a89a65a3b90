import type { IncomingMessage } from 'node:http';
import { type Metrics, RequestContext, type RequestScope } from '@stocktool/observability';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { isEventStream, type ServiceState } from './service-state';

declare module 'fastify' {
  interface FastifyRequest {
    scope: RequestScope | null;
  }
}

const acceptedId = /^[\w.:=/+@-]{1,128}$/;
const acceptedTraceparent = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const uuid = /^[0-9a-f-]{36}$/;

/** The caller's request id when it is a plain one, else a new UUIDv7. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && acceptedId.test(given) ? given : uuidv7();
}

/** A scope for work that begins here: a W3C traceparent is taken over, or made from the request id. */
export function scopeOf(requestId: string, traceparent: unknown): RequestScope {
  if (typeof traceparent === 'string' && acceptedTraceparent.test(traceparent)) return { requestId, traceparent };
  const trace = (uuid.test(requestId) ? requestId : uuidv7()).replaceAll('-', '');
  return { requestId, traceparent: `00-${trace}-${trace.slice(16)}-01` };
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
  fastify.decorateRequest('scope', null);
  fastify.addHook('onRequest', (request, reply, done) => {
    state.open.add(reply.raw);
    request.scope = scopeOf(request.id, request.headers.traceparent);
    // On the raw response, so that streams that bypass Fastify's reply carry it too.
    reply.raw.setHeader('x-request-id', request.id);
    if (state.draining) reply.raw.setHeader('connection', 'close');
    RequestContext.run(request.scope, done);
  });
  // Reading a body loses the context: it ends in a callback of the socket.
  fastify.addHook('preValidation', (request, _reply, done) => {
    if (request.scope) RequestContext.run(request.scope, done);
    else done();
  });
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (state.draining) reply.header('connection', 'close');
    done(null, payload);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    state.open.delete(reply.raw);
    const status = reply.raw.headersSent ? reply.raw.statusCode : clientClosedRequest;
    if (request.scope) RequestContext.run(request.scope, () => writeLine(logger, request, reply, status));
    measure(metrics, request, reply, status);
    done();
  });
}

/** nginx's number for a client that left before the answer. */
const clientClosedRequest = 499;
const healthRoutes = '/health/';

function routeOf(request: FastifyRequest): string {
  return request.is404 ? 'unmatched' : (request.routeOptions.url ?? 'unmatched');
}

function writeLine(logger: Logger, request: FastifyRequest, reply: FastifyReply, status: number): void {
  const route = routeOf(request);
  const level = status >= 500 ? 'warn' : route.startsWith(healthRoutes) ? 'debug' : 'info';
  if (!logger.isLevelEnabled(level)) return;
  const durationMs = Math.round(reply.elapsedTime * 100) / 100;
  logger[level]({ method: request.method, route, status, durationMs }, 'request');
}

/**
 * Requests, Errors and APILatency, each in total and by `METHOD /route/template`. Errors are answers from 500 on: a
 * client's mistake is no fault of ours. Event streams count as requests but have no latency; health checks are not counted.
 */
function measure(metrics: Metrics, request: FastifyRequest, reply: FastifyReply, status: number): void {
  const route = routeOf(request);
  if (route.startsWith(healthRoutes)) return;
  const endpoint = { Endpoint: route === 'unmatched' ? route : `${request.method} ${route}` };
  metrics.count('Requests');
  metrics.count('Requests', 1, endpoint);
  if (status >= 500) {
    metrics.count('Errors');
    metrics.count('Errors', 1, endpoint);
  }
  if (isEventStream(reply.raw)) return;
  metrics.time('APILatency', reply.elapsedTime);
  metrics.time('APILatency', reply.elapsedTime, endpoint);
}
