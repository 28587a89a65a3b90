import { Injectable } from '@nestjs/common';
import { Problem } from '@stocktool/contracts';
import type { IncomingHttpHeaders } from 'node:http';
import { ApiKeyCheck } from '../api-keys/api-key-check';
import { AccessTokens, type AccessClaims } from '../auth/access-tokens';
import { SessionCheck } from '../sessions/session-check';
import type { Caller } from './access';

/** Turns the credentials of a request into a caller. A bearer token wins when both are given. */
@Injectable()
export class Authenticator {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly sessions: SessionCheck,
    private readonly keys: ApiKeyCheck,
  ) {}

  /** Whom they name, where that has been found out in the last half minute: without waiting. */
  remembered({ authorization, 'x-api-key': key }: IncomingHttpHeaders): Caller | undefined {
    if (authorization !== undefined) {
      const claims = this.tokens.remembered(tokenIn(authorization) ?? '');
      return claims && this.sessions.isKnownLive(claims.userId, claims.sessionId) ? sessionCaller(claims) : undefined;
    }
    return typeof key === 'string' ? this.keys.remembered(key) : undefined;
  }

  async identify({ authorization, 'x-api-key': key }: IncomingHttpHeaders): Promise<Caller> {
    if (authorization !== undefined) return this.bearer(authorization);
    if (typeof key === 'string') return this.keys.identify(key);
    throw new Problem('unauthenticated', 'Send `Authorization: Bearer <access token>` or `x-api-key: <key>`.');
  }

  private async bearer(authorization: string): Promise<Caller> {
    const token = tokenIn(authorization);
    if (token === undefined) throw new Problem('unauthenticated', 'The Authorization header is not `Bearer <token>`.');
    const claims = await this.tokens.verify(token);
    if (!(await this.sessions.isLive(claims.userId, claims.sessionId)))
      throw new Problem('unauthenticated', 'The session has ended. Sign in again.');
    return sessionCaller(claims);
  }
}

const tokenIn = (authorization: string): string | undefined => /^Bearer ([\w.-]+)$/i.exec(authorization)?.[1];

const sessionCaller = ({ userId, roles, sessionId }: AccessClaims): Caller => ({
  userId,
  roles,
  sessionId,
  scopes: ['read', 'write', 'admin'],
  credentialId: sessionId,
});
