import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { Problem, type ProblemCode, type ProblemDetails, problemDetails } from '@stocktool/contracts';

/** How an exception is answered. `unexpected` ones are bugs of ours: logged whole, told to nobody. */
export interface Answer {
  details: ProblemDetails;
  retryAfterSeconds?: number;
  unexpected: boolean;
}

const codeOfStatus: Record<number, ProblemCode> = {
  400: 'validation-failed',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  413: 'body-too-large',
  415: 'unsupported-media-type',
  429: 'too-many-requests',
  503: 'dependency-unavailable',
};
/** Where the library's own words are only the name of the status. */
const plainWords: Record<string, string> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'Nothing here takes a body of this media type.',
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is too large.',
};
const malformedJson = new Set(['FST_ERR_CTP_INVALID_JSON_BODY', 'FST_ERR_CTP_EMPTY_JSON_BODY']);

/** Every exception that can reach a filter, as the problem its caller sees. */
export function answerOf(exception: unknown): Answer {
  const problem = problemOf(exception);
  if (problem) {
    const { retryAfterSeconds } = problem;
    return {
      details: problemDetails(problem),
      unexpected: problem.code === 'internal-error',
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    };
  }
  const status = clientErrorStatus(exception);
  if (status !== undefined) {
    const title = STATUS_CODES[status] ?? 'Client error';
    return { details: { type: 'about:blank', title, status, detail: messageOf(exception) }, unexpected: false };
  }
  return {
    details: problemDetails(new Problem('internal-error', 'The request failed; we have been told.')),
    unexpected: true,
  };
}

function problemOf(exception: unknown): Problem | undefined {
  if (exception instanceof Problem) return exception;
  const status = clientErrorStatus(exception) ?? unavailableStatus(exception);
  if (status === undefined) return undefined;
  if (malformedJson.has(fastifyCode(exception))) return new Problem('malformed-json', 'The body is not valid JSON.');
  const code = codeOfStatus[status];
  const plain = plainWords[fastifyCode(exception)];
  if (code && plain !== undefined) return new Problem(code, plain);
  return code && new Problem(code, status === 503 ? 'The service is not available now.' : messageOf(exception));
}

/** Nest's HttpException, Fastify's and http-errors' errors below 500; anything else may tell what it should not. */
function clientErrorStatus(exception: unknown): number | undefined {
  const status = statusOf(exception);
  return status !== undefined && status >= 400 && status < 500 ? status : undefined;
}

function unavailableStatus(exception: unknown): number | undefined {
  return statusOf(exception) === 503 ? 503 : undefined;
}

function statusOf(exception: unknown): number | undefined {
  if (exception instanceof HttpException) return exception.getStatus();
  if (!(exception instanceof Error)) return undefined;
  const fromFastify = fastifyCode(exception).startsWith('FST_');
  const fromHttpErrors = 'expose' in exception;
  if (!(fromFastify || fromHttpErrors) || !('statusCode' in exception)) return undefined;
  return typeof exception.statusCode === 'number' ? exception.statusCode : undefined;
}

/** Nest's adapter wraps Fastify's errors into HttpExceptions and keeps them as cause. */
function fastifyCode(exception: unknown): string {
  const error = exception instanceof HttpException ? exception.cause : exception;
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function messageOf(exception: unknown): string {
  if (!(exception instanceof Error)) return 'The request was refused.';
  // The router's own 404 repeats the address; a query may hold a secret.
  return statusOf(exception) === 404 ? exception.message.replace(/\?.*$/s, '') : exception.message;
}
