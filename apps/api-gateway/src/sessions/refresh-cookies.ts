import { Injectable } from '@nestjs/common';
import { Problem, type SignedIn } from '@stocktool/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SignedInWithCookie } from '../auth/sign-in';
import { GatewayConfig } from '../config';
import { refreshTokenSeconds } from './session.table';

const name = 'refresh_token';

/** The refresh token lives in a cookie that scripts cannot read and other sites cannot send. */
@Injectable()
export class RefreshCookies {
  constructor(private readonly config: GatewayConfig) {}

  give(reply: FastifyReply, { body, refreshToken }: SignedInWithCookie): SignedIn {
    this.set(reply, refreshToken, refreshTokenSeconds);
    return body;
  }

  /** undefined without a cookie; Problem `forbidden` when another site's page sent it. The value is base64url. */
  read(request: FastifyRequest): string | undefined {
    this.refuseForeignOrigin(request);
    const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
    return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) || undefined;
  }

  clear(reply: FastifyReply): void {
    this.set(reply, '', 0);
  }

  private set(reply: FastifyReply, value: string, maxAgeSeconds: number): void {
    const secure = this.config.publicUrl.protocol === 'https:' ? '; Secure' : '';
    const attributes = `Max-Age=${maxAgeSeconds}; Path=/v1/auth; HttpOnly; SameSite=Strict${secure}`;
    reply.header('set-cookie', `${name}=${value}; ${attributes}`);
  }

  /** An Origin, when the browser says one, is ours or the host that was called. SameSite=Strict is the other lock. */
  private refuseForeignOrigin({ headers: { origin, host } }: FastifyRequest): void {
    if (origin === undefined || origin === this.config.publicUrl.origin) return;
    if (URL.canParse(origin) && new URL(origin).host === host) return;
    throw new Problem('forbidden', 'The request comes from another origin.');
  }
}
