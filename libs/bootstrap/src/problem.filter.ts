import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { Problem } from '@stocktool/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { throwError } from 'rxjs';
import { answerOf } from './problem-of';
import { sendProblem } from './send-problem';
import { rpcStatusOf } from './rpc-problem';

/** The one place where an exception becomes an answer: RFC 9457 over HTTP, a status with the same JSON over gRPC. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(exception: unknown, host: ArgumentsHost): unknown {
    if (host.getType() !== 'http') {
      this.report(exception, { handler: 'rpc' });
      return throwError(() => rpcStatusOf(exception));
    }
    const http = host.switchToHttp();
    this.answer(exception, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  private answer(exception: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const route = request.routeOptions.url ?? 'unmatched';
    this.report(exception, { requestId: request.id, method: request.method, route });
    if (reply.raw.headersSent) {
      // A stream that has begun cannot turn into a problem any more; its own last event says why, if it can.
      reply.raw.end();
      return;
    }
    sendProblem(exception, request, reply);
  }

  private report(exception: unknown, where: Record<string, string>): void {
    if (answerOf(exception).unexpected) this.logger.error({ err: exception, ...where }, 'unexpected failure');
    else if (exception instanceof Problem && exception.status >= 500)
      this.logger.warn({ err: exception, ...where }, 'failed');
  }
}
