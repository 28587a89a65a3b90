import { Injectable } from '@nestjs/common';
import { Problem } from '@stocktool/contracts';
import type { IncomingHttpHeaders } from 'node:http';
import { ApiKeyCheck } from '../api-keys/api-key-check';
import { AccessTokens } from '../auth/access-tokens';
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

  async identify(headers: IncomingHttpHeaders): Promise<Caller> {
    const { authorization } = headers;
    if (authorization !== undefined) return this.bearer(authorization);
    const key = headers['x-api-key'];
    if (typeof key === 'string') return this.keys.identify(key);
    throw new Problem('unauthenticated', 'Send `Authorization: Bearer <access token>` or `x-api-key: <key>`.');
  }

  private async bearer(authorization: string): Promise<Caller> {
    const token = /^Bearer ([\w.-]+)$/i.exec(authorization)?.[1];
    if (token === undefined) throw new Problem('unauthenticated', 'The Authorization header is not `Bearer <token>`.');
    const { userId, sessionId, roles } = await this.tokens.verify(token);
    if (!(await this.sessions.isLive(userId, sessionId)))
      throw new Problem('unauthenticated', 'The session has ended. Sign in again.');
    return { userId, roles, sessionId, scopes: ['read', 'write', 'admin'], credentialId: sessionId };
  }
}
