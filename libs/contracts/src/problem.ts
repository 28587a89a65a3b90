import { z } from 'zod';

/**
 * Every failure a caller can act on. `code` is public (`/problems/<code>`); `retryable` decides between redelivery and
 * the dead-letter queue when a queue handler throws it.
 */
export const problems = {
  'malformed-json': { status: 400, title: 'Malformed JSON', retryable: false },
  'validation-failed': { status: 400, title: 'The request is not valid', retryable: false },
  'bad-cursor': { status: 400, title: 'The cursor is not valid', retryable: false },
  'bad-token': { status: 400, title: 'The token is not valid or has expired', retryable: false },
  unauthenticated: { status: 401, title: 'Not signed in', retryable: false },
  'invalid-credentials': { status: 401, title: 'Wrong e-mail or password', retryable: false },
  forbidden: { status: 403, title: 'Not allowed', retryable: false },
  'reauthentication-required': { status: 403, title: 'Show that it is you', retryable: false },
  'not-found': { status: 404, title: 'Not found', retryable: false },
  'analysis-not-found': { status: 404, title: 'Analysis not found', retryable: false },
  'conversation-not-found': { status: 404, title: 'Conversation not found', retryable: false },
  'message-not-found': { status: 404, title: 'Message not found', retryable: false },
  'document-not-found': { status: 404, title: 'Document not found', retryable: false },
  'subscription-not-found': { status: 404, title: 'Subscription not found', retryable: false },
  'delivery-not-found': { status: 404, title: 'Delivery not found', retryable: false },
  'watchlist-not-found': { status: 404, title: 'Watchlist not found', retryable: false },
  'portfolio-not-found': { status: 404, title: 'Portfolio not found', retryable: false },
  'alert-not-found': { status: 404, title: 'Alert not found', retryable: false },
  'price-series-not-found': { status: 404, title: 'Price series not found', retryable: false },
  'api-key-not-found': { status: 404, title: 'API key not found', retryable: false },
  'session-not-found': { status: 404, title: 'Session not found', retryable: false },
  'queue-not-found': { status: 404, title: 'Queue not found', retryable: false },
  'symbol-not-found': { status: 404, title: 'Symbol not found', retryable: false },
  'method-not-allowed': { status: 405, title: 'Method not allowed', retryable: false },
  'email-taken': { status: 409, title: 'E-mail already registered', retryable: false },
  'request-in-progress': { status: 409, title: 'The first request with this key is still running', retryable: true },
  'analysis-finished': { status: 409, title: 'The analysis has finished', retryable: false },
  'analysis-not-finished': { status: 409, title: 'The analysis has not finished', retryable: false },
  'reply-finished': { status: 409, title: 'The reply has finished', retryable: false },
  'precondition-failed': { status: 412, title: 'Changed meanwhile', retryable: false },
  'body-too-large': { status: 413, title: 'The body is too large', retryable: false },
  'unsupported-media-type': { status: 415, title: 'Unsupported media type', retryable: false },
  'unknown-symbol': { status: 422, title: 'Unknown symbol', retryable: false },
  'no-date-overlap': { status: 422, title: 'No overlap of dates', retryable: false },
  'too-few-prices': { status: 422, title: 'Too few prices', retryable: false },
  'currency-mismatch': { status: 422, title: 'Currencies cannot be converted', retryable: false },
  'unknown-portfolio': { status: 422, title: 'Unknown portfolio', retryable: false },
  'portfolio-empty': { status: 422, title: 'The portfolio holds nothing', retryable: false },
  'insufficient-holdings': { status: 422, title: 'More is sold than is held', retryable: false },
  'inconsistent-transactions': { status: 422, title: 'The transactions cannot have happened', retryable: false },
  'idempotency-key-reused': { status: 422, title: 'The key was used with another body', retryable: false },
  'password-required': { status: 422, title: 'A new password is needed', retryable: false },
  'target-refused': { status: 422, title: 'The target is not allowed', retryable: false },
  'document-unreadable': { status: 422, title: 'The document cannot be read', retryable: false },
  'limit-reached': { status: 422, title: 'Limit reached', retryable: false },
  'too-many-requests': { status: 429, title: 'Too many requests', retryable: true },
  'internal-error': { status: 500, title: 'Something went wrong on our side', retryable: true },
  'no-source-configured': { status: 501, title: 'Nothing that is configured provides this', retryable: false },
  'not-built': { status: 501, title: 'Not available yet', retryable: false },
  'market-data-unavailable': { status: 503, title: 'Market data unavailable', retryable: true },
  'dependency-unavailable': { status: 503, title: 'A service we depend on is not available', retryable: true },
  'reply-interrupted': { status: 503, title: 'The reply was interrupted', retryable: true },
  'attempts-exhausted': { status: 500, title: 'The work failed repeatedly', retryable: false },
} as const satisfies Record<string, { status: number; title: string; retryable: boolean }>;

export type ProblemCode = keyof typeof problems;

/** One fault of one field: `path` in dots (`holdings.0.weight`), `message` for people. */
export interface FieldFault {
  path: string;
  message: string;
}

export interface ProblemOptions extends ErrorOptions {
  errors?: readonly FieldFault[];
  retryAfterSeconds?: number;
}

/** A failure the caller can act on; anything else is a bug and becomes an opaque 500. */
export class Problem extends Error {
  readonly errors: readonly FieldFault[];
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly code: ProblemCode,
    detail: string,
    options: ProblemOptions = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Problem';
    this.errors = options.errors ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status(): number {
    return problems[this.code].status;
  }

  get retryable(): boolean {
    return problems[this.code].retryable;
  }
}

/** RFC 9457 `application/problem+json`. */
export const ProblemDetails = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int().min(100).max(599),
    detail: z.string().optional(),
    instance: z.string().optional(),
    requestId: z.string().optional(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({
    id: 'Problem',
    example: {
      type: '/problems/validation-failed',
      title: 'The request is not valid',
      status: 400,
      detail: 'weights must sum to 1',
      instance: '/v1/analyses',
      requestId: '01972f7e-8b6c-7c3a-9d5e-0a1b2c3d4e5f',
      errors: [{ path: 'holdings', message: 'weights must sum to 1, they sum to 0.9' }],
    },
  });
export type ProblemDetails = z.infer<typeof ProblemDetails>;

/** The RFC 9457 body of a problem; `instance` and `requestId` are added where the request is known. */
export function problemDetails(problem: Problem): ProblemDetails {
  const { status, title } = problems[problem.code];
  return {
    type: `/problems/${problem.code}`,
    title,
    status,
    detail: problem.message,
    ...(problem.errors.length > 0 && { errors: [...problem.errors] }),
  };
}
