import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { Problem } from '@stocktool/contracts';
import type { FastifyRequest } from 'fastify';

const visibleAscii = /^[\x21-\x7e]{1,200}$/;

/** The Idempotency-Key header, undefined when it was not sent. */
export const IdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext): string | undefined => {
  const header = context.switchToHttp().getRequest<FastifyRequest>().headers['idempotency-key'];
  if (header === undefined) return undefined;
  if (typeof header === 'string' && visibleAscii.test(header)) return header;
  const message = '1 to 200 visible ASCII characters';
  throw new Problem('validation-failed', `Idempotency-Key: ${message}`, {
    errors: [{ path: 'Idempotency-Key', message }],
  });
});
