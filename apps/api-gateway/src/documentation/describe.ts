import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { problemDetails, Problem, problems, type ProblemCode } from '@stocktool/contracts';
import type { z } from 'zod';

interface Answer {
  readonly status?: 200 | 201 | 202 | 204 | 302;
  readonly answer?: z.ZodType;
  /** Media types of answers that are no JSON. */
  readonly stream?: string;
  readonly description?: string;
  /** May be repeated safely with a key of the caller's choice. */
  readonly idempotent?: boolean;
  /** Headers of the answer. */
  readonly headers?: Record<string, string>;
  /** What this route can refuse beyond what every route can. */
  readonly problems?: readonly ProblemCode[];
}

const ofEveryRoute: readonly ProblemCode[] = [
  'validation-failed',
  'unauthenticated',
  'too-many-requests',
  'dependency-unavailable',
];

/** One route in Swagger: its name in client libraries, its one line, what it answers and what it refuses. */
export function Describe(
  operationId: string,
  summary: string,
  { status = 200, answer, stream, description, idempotent = false, headers = {}, problems: codes = [] }: Answer,
): MethodDecorator {
  const text = description ?? (status === 204 ? 'Done.' : summary);
  return applyDecorators(
    HttpCode(status),
    ApiOperation({ operationId, summary }),
    ApiResponse({
      status,
      description: text,
      ...(answer && { standardSchema: answer }),
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, text]) => [name, { description: text, schema: { type: 'string' } }]),
      ),
      ...(stream !== undefined && { content: { [stream]: { schema: { type: 'string' } } } }),
    }),
    ...(idempotent ? [ApiHeader(idempotencyKey)] : []),
    ...byStatus([...ofEveryRoute, ...codes, ...(idempotent ? idempotencyProblems : [])]),
  );
}

const idempotencyProblems = ['request-in-progress', 'idempotency-key-reused'] as const;
const idempotencyKey = {
  name: 'Idempotency-Key',
  required: false,
  description:
    'Chosen by the caller, 1 to 200 visible ASCII characters. For 24 hours the same key and body give the same answer.',
  schema: { type: 'string', minLength: 1, maxLength: 200 },
} as const;

function byStatus(codes: readonly ProblemCode[]): MethodDecorator[] {
  const grouped = Map.groupBy(codes, (code) => problems[code].status);
  return [...grouped].map(([status, members]) =>
    ApiResponse({
      status,
      description: members.map((code) => problems[code].title).join('; '),
      content: {
        'application/problem+json': {
          schema: { $ref: '#/components/schemas/Problem' },
          examples: Object.fromEntries(
            members.map((code) => [code, { value: problemDetails(new Problem(code, problems[code].title)) }]),
          ),
        },
      },
    }),
  );
}

/** A stream that can be taken up again where it broke off. */
export const Resumable = (): MethodDecorator =>
  ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The id of the last event that was received: only later ones follow.',
    schema: { type: 'string' },
  });
