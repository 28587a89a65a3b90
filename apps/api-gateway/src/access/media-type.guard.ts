import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Problem } from '@stocktool/contracts';
import type { FastifyRequest } from 'fastify';

/** What @ApiConsumes of Swagger notes: the document and the check say the same. */
const consumesKey = 'swagger/apiConsumes';

/** Refuses a body of another media type than the route takes (JSON unless it says otherwise) with 415. */
@Injectable()
export class MediaTypeGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
    const hasBody = Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined;
    if (!hasBody) return true;
    const accepted = this.reflector.get<string[] | undefined>(consumesKey, context.getHandler()) ?? [
      'application/json',
    ];
    const mediaType = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
    if (accepted.includes(mediaType)) return true;
    throw new Problem('unsupported-media-type', `This route takes ${accepted.join(' or ')}.`);
  }
}
