import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

const limitBytes = 5 * 1_048_576;

/** Bodies of text/csv as they are, up to 5 MB; MediaTypeGuard keeps them to the routes that take them. */
@Injectable()
export class CsvBodies implements OnModuleInit {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  onModuleInit(): void {
    const fastify = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    fastify.addContentTypeParser('text/csv', { parseAs: 'string', bodyLimit: limitBytes }, (_request, body, done) =>
      done(null, body),
    );
  }
}
