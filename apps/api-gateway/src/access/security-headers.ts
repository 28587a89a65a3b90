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

/** On the raw response, so that streams and error answers carry them too. */
@Injectable()
export class SecurityHeaders implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly config: GatewayConfig,
  ) {}

  onModuleInit(): void {
    const overTls = this.config.publicUrl.protocol === 'https:';
    this.adapterHost.httpAdapter.getInstance<FastifyInstance>().addHook('onRequest', (request, { raw }, done) => {
      raw.setHeader('x-content-type-options', 'nosniff');
      raw.setHeader('x-frame-options', 'DENY');
      raw.setHeader('referrer-policy', 'no-referrer');
      raw.setHeader('cross-origin-opener-policy', 'same-origin');
      raw.setHeader('content-security-policy', isPage(request.url) ? page : nothing);
      if (overTls) raw.setHeader('strict-transport-security', 'max-age=31536000; includeSubDomains');
      if (request.url.startsWith('/v1/')) raw.setHeader('cache-control', 'no-store');
      done();
    });
  }
}
