import type { Metadata } from '@grpc/grpc-js';
import { KeySet, verifyToken, type Secrets } from '@stocktool/aws-secrets';
import { Clock, Problem, UserContext, userContextAudience, userContextKey } from '@stocktool/contracts';
import { RequestContext } from '@stocktool/observability';
import { topology } from '@stocktool/topology';
import { z } from 'zod';

const Keys = z.object({ userContextKey: KeySet });

/** Who calls, by the context that only the gateway can sign; nothing else about a caller is believed. */
export class CallerVerifier {
  constructor(
    private readonly secrets: Pick<Secrets, 'get'>,
    private readonly clock: Clock,
  ) {}

  /** The user's id. Problem `unauthenticated` for a missing, expired or foreign context. */
  async userOf(metadata: Metadata): Promise<string> {
    const token = metadata.get(userContextKey)[0];
    if (typeof token !== 'string' || token === '') throw unauthenticated();
    const { userContextKey: keys } = await this.secrets.get(topology.secrets.userContext.name, Keys);
    const userId = await this.verified(token, keys);
    RequestContext.setUserId(userId);
    return userId;
  }

  private async verified(token: string, keys: KeySet): Promise<string> {
    try {
      const payload = await verifyToken(token, keys, {
        audience: userContextAudience,
        requiredClaims: ['exp', 'sub'],
        clockTolerance: 5,
        currentDate: this.clock.now(),
      });
      return UserContext.parse(payload).sub;
    } catch (cause) {
      throw unauthenticated({ cause });
    }
  }
}

const unauthenticated = (options?: ErrorOptions) => new Problem('unauthenticated', 'The caller is not known.', options);
