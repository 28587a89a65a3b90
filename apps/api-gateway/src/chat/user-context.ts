import { Metadata } from '@grpc/grpc-js';
import { Injectable } from '@nestjs/common';
import { Clock, requestIdKey, userContextAudience, userContextKey } from '@stocktool/contracts';
import { RequestContext } from '@stocktool/observability';
import { topology } from '@stocktool/topology';
import { SignJWT } from 'jose';
import type { Caller } from '../access/access';
import { SigningKeys } from '../auth/signing-keys';

const livesSeconds = topology.secrets.userContext.signedForSeconds;

/** Who asks, signed for one call: the chat service believes nothing else about a caller. */
@Injectable()
export class UserContexts {
  constructor(
    private readonly keys: SigningKeys,
    private readonly clock: Clock,
  ) {}

  async metadata({ userId, roles }: Pick<Caller, 'userId' | 'roles'>): Promise<Metadata> {
    const scope = RequestContext.current();
    const now = this.clock.epochSeconds();
    const { signing } = await this.keys.userContextKeys();
    const token = await new SignJWT({ roles: [...roles], requestId: scope?.requestId })
      .setProtectedHeader({ alg: 'HS256', kid: signing.id })
      .setSubject(userId)
      .setAudience(userContextAudience)
      .setIssuedAt(now)
      .setExpirationTime(now + livesSeconds)
      .sign(signing.key);
    const metadata = new Metadata();
    metadata.set(userContextKey, token);
    if (scope) metadata.set(requestIdKey, scope.requestId);
    if (scope?.traceparent !== undefined) metadata.set('traceparent', scope.traceparent);
    return metadata;
  }
}
