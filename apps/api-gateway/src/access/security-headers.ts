import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { GatewayConfig } from '../config';

const nothing = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";
/** The home page and Swagger UI: own scripts only; Swagger's page has inline styles and embedded pictures. */
const page = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

const isPage = (url: string): boolean => /^\/(?:$|\?|docs(?:$|[/?]))/.test(url);

/**
 * On Fastify's reply, which error answers and our event streams carry on: headers set on the raw response would all be checked
 * and copied a second time, for 2 µs a request.
 */
@Injectable()
export class SecurityHeaders implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly config: GatewayConfig,
  ) {}

  onModuleInit(): void {
    const overTls = this.config.publicUrl.protocol === 'https:';
    const everywhere = {
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'content-security-policy': nothing,
      ...(overTls && { 'strict-transport-security': 'max-age=31536000; includeSubDomains' }),
    };
    const onPages = { ...everywhere, 'content-security-policy': page };
    const onApi = { ...everywhere, 'cache-control': 'no-store' };
    this.adapterHost.httpAdapter.getInstance<FastifyInstance>().addHook('onRequest', ({ url }, reply, done) => {
      reply.headers(url.startsWith('/v1/') || url.startsWith('/mcp') ? onApi : isPage(url) ? onPages : everywhere);
      done();
    });
  }
}
