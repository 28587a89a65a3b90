import { Transform } from 'node:stream';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Problem } from '@stocktool/contracts';
import type { FastifyInstance } from 'fastify';

const limitBytes = 16_384;
const openWithBody = /^\/v1\/(?:auth\/|subscriptions\/confirm$)/;

/** What anybody may send is read before anybody is known: a name, a password and a token fit into 16 kB. */
@Injectable()
export class OpenBodies implements OnModuleInit {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  onModuleInit(): void {
    const fastify = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    fastify.addHook('preParsing', (request, _reply, payload, done) => {
      const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
      const hasBody = length !== undefined || encoding !== undefined;
      if (!hasBody || !openWithBody.test(request.routeOptions.url ?? '')) done(null, payload);
      else if (Number(length ?? 0) > limitBytes) done(tooLarge());
      else if (encoding === undefined) done(null, payload);
      else done(null, payload.pipe(limited()));
    });
  }
}

/** For bodies that do not say how long they are. */
function limited(): Transform {
  let read = 0;
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      read += chunk.length;
      if (read > limitBytes) done(tooLarge());
      else done(null, chunk);
    },
  });
}

const tooLarge = () => new Problem('body-too-large', `This route takes at most ${limitBytes} bytes.`);
