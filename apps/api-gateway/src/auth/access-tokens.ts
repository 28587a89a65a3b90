import { Injectable } from '@nestjs/common';
import { Clock, Problem, Role } from '@stocktool/contracts';
import { verifyToken } from '@stocktool/aws-secrets';
import { topology } from '@stocktool/topology';
import { SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { SigningKeys } from './signing-keys';

export const accessTokenSeconds = topology.secrets.apiKeys.signedForSeconds;
const issuer = 'stocktool';
const audience = 'stocktool-api';

const Claims = z.object({ sub: z.uuid(), sid: z.uuid(), roles: z.array(Role), exp: z.number() });
const rememberedMs = 30_000;
const rememberedAtMost = 5_000;

export interface AccessClaims {
  readonly userId: string;
  readonly sessionId: string;
  readonly roles: readonly Role[];
}

interface VerifiedToken {
  readonly claims: AccessClaims;
  /** Epoch seconds. */
  readonly expires: number;
}

/** Access tokens: JWT (RFC 9068 in spirit), HS256, 15 minutes, tied to the session that they were issued in. */
@Injectable()
export class AccessTokens {
  private readonly verified = new LRUCache<string, VerifiedToken>({ max: rememberedAtMost, ttl: rememberedMs });

  constructor(
    private readonly keys: SigningKeys,
    private readonly clock: Clock,
  ) {}

  async issue({ userId, sessionId, roles }: AccessClaims): Promise<string> {
    const issuedAt = this.clock.epochSeconds();
    const { signing } = await this.keys.accessTokenKeys();
    return new SignJWT({ sid: sessionId, roles: [...roles] })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: signing.id })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(userId)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + accessTokenSeconds)
      .sign(signing.key);
  }

  /** A token that was good is good for 30 s more without its signature being computed again, but never past its expiry. */
  remembered(token: string): AccessClaims | undefined {
    const known = this.verified.get(token);
    return known && known.expires > this.clock.epochSeconds() ? known.claims : undefined;
  }

  /** Throws `unauthenticated`, without saying which check failed. */
  async verify(token: string): Promise<AccessClaims> {
    const known = this.remembered(token);
    if (known) return known;
    const { claims, expires } = await this.check(token);
    this.verified.set(token, { claims, expires });
    return claims;
  }

  private async check(token: string): Promise<VerifiedToken> {
    const keys = await this.keys.accessTokenKeys();
    try {
      const payload = await verifyToken(token, keys, {
        typ: 'at+jwt',
        issuer,
        audience,
        requiredClaims: ['exp'],
        currentDate: this.clock.now(),
      });
      const { sub, sid, roles, exp } = Claims.parse(payload);
      return { claims: { userId: sub, sessionId: sid, roles }, expires: exp };
    } catch (cause) {
      throw new Problem('unauthenticated', 'The access token is not valid or has expired.', { cause });
    }
  }
}
