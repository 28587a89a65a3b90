import type { Socket } from 'node:net';
import { problemDetails, Problem } from '@stocktool/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerOf } from './problem-of';

/** Writes the RFC 9457 answer for an exception; nothing may have been sent before. */
export function sendProblem(exception: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { details, retryAfterSeconds } = answerOf(exception);
  const instance = request.url.split('?', 1)[0];
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(Math.ceil(retryAfterSeconds)));
  // Bytes, because Fastify would add a charset, which this media type does not have.
  const body = Buffer.from(JSON.stringify({ ...details, instance, requestId: request.id }));
  void reply
    .code(details.status)
    .header('content-type', 'application/problem+json')
    .header('cache-control', 'no-store')
    .send(body);
}

/** What the router refuses (a broken address, an endless path segment) comes here before any hook has run. */
export function answerRouterFault(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  reply.raw.setHeader('x-request-id', request.id);
  sendProblem(error, request, reply);
}

const endings: Record<string, string> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** Bytes that are no HTTP: there is no request, only a socket to answer on. */
export function answerNoHttp(error: Error & { code?: string; rawPacket?: unknown }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const line = endings[error.code ?? ''] ?? '400 Bad Request';
  const status = Number(line.slice(0, 3));
  const details = { ...problemDetails(new Problem('validation-failed', 'This is not a valid HTTP request.')), status };
  const body = JSON.stringify(status === 400 ? details : { type: 'about:blank', title: line.slice(4), status });
  socket.end(
    `HTTP/1.1 ${line}\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
