import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

const limitBytes = 4096;

/** The two media types of RFC 8058, of which nothing is read: the token is in the address. MediaTypeGuard keeps them to one route. */
export const formTypes = ['application/x-www-form-urlencoded', 'multipart/form-data'] as const;

@Injectable()
export class FormBodies implements OnModuleInit {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  onModuleInit(): void {
    const fastify = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    fastify.addContentTypeParser(
      [...formTypes],
      { parseAs: 'string', bodyLimit: limitBytes },
      (_request, _body, done) => done(null, undefined),
    );
  }
}
