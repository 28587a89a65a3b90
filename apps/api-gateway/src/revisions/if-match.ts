import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

const strongTag = /^"(\d{1,10})"$/;

/**
 * The revisions that If-Match names (RFC 9110 13.1.1): undefined without the header or with `*`, which any revision matches. A tag that is
 * none of ours matches no revision, nor does a weak one: the comparison is strong (8.8.3.2).
 */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): ReadonlySet<number> | undefined =>
  revisionsOf(context.switchToHttp().getRequest<FastifyRequest>().headers['if-match']),
);

export function revisionsOf(header: string | undefined): ReadonlySet<number> | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  const tags = header.split(',').map((tag) => strongTag.exec(tag.trim())?.[1]);
  return new Set(tags.flatMap((revision) => (revision === undefined ? [] : Number(revision))));
}

/** The answer with its revision as its ETag. */
export function tagged<Kept extends { readonly revision: number }>(reply: FastifyReply, object: Kept): Kept {
  reply.header('etag', `"${object.revision}"`);
  return object;
}

/** Of routes that take If-Match, for Swagger. */
export const ChangesRevision = (): MethodDecorator =>
  ApiHeader({
    name: 'If-Match',
    required: false,
    description: 'The ETag of what is to be changed: refused with 412 when it has been changed since.',
    schema: { type: 'string', example: '"1"' },
  });
