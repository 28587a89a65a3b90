import { Injectable } from '@nestjs/common';
import { Clock, Problem, Role } from '@stocktool/contracts';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { SigningKeys } from './signing-keys';

export const accessTokenSeconds = 15 * 60;
const issuer = 'stocktool';
const audience = 'stocktool-api';

const Claims = z.object({ sub: z.uuid(), sid: z.uuid(), roles: z.array(Role) });

export interface AccessClaims {
  readonly userId: string;
  readonly sessionId: string;
  readonly roles: readonly Role[];
}

/** Access tokens: JWT (RFC 9068 in spirit), HS256, 15 minutes, tied to the session that they were issued in. */
@Injectable()
export class AccessTokens {
  constructor(
    private readonly keys: SigningKeys,
    private readonly clock: Clock,
  ) {}

  async issue({ userId, sessionId, roles }: AccessClaims): Promise<string> {
    const issuedAt = this.clock.epochSeconds();
    return new SignJWT({ sid: sessionId, roles: [...roles] })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(userId)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + accessTokenSeconds)
      .sign(await this.keys.accessTokenKey());
  }

  /** Throws `unauthenticated`, without saying which check failed. */
  async verify(token: string): Promise<AccessClaims> {
    const key = await this.keys.accessTokenKey();
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: ['HS256'],
        typ: 'at+jwt',
        issuer,
        audience,
        requiredClaims: ['exp'],
        currentDate: this.clock.now(),
      });
      const { sub, sid, roles } = Claims.parse(payload);
      return { userId: sub, sessionId: sid, roles };
    } catch (cause) {
      throw new Problem('unauthenticated', 'The access token is not valid or has expired.', { cause });
    }
  }
}
