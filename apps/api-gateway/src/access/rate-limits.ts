import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Clock, Problem } from '@stocktool/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GatewayConfig } from '../config';
import type { Caller } from './access';
import { addressKey } from './address-key';
import { FixedWindows, type Count } from './fixed-windows';

const windowMs = 60_000;

/**
 * Fixed windows of a minute, counted in this process: with n gateways behind a load balancer a client has up to n times
 * as much. Three counters: a user (however many sessions and keys it has), an address without credentials, an address on the
 * sign-in routes.
 */
@Injectable()
export class RateLimits implements OnModuleInit {
  private readonly byUser: FixedWindows;
  private readonly byAddress: FixedWindows;
  private readonly bySignIn: FixedWindows;

  constructor(
    private readonly config: GatewayConfig,
    clock: Clock,
  ) {
    const { RATE_LIMIT_PER_MINUTE, AUTH_RATE_LIMIT_PER_MINUTE } = config.environment;
    this.byUser = new FixedWindows(RATE_LIMIT_PER_MINUTE, windowMs, clock);
    this.byAddress = new FixedWindows(RATE_LIMIT_PER_MINUTE, windowMs, clock);
    this.bySignIn = new FixedWindows(AUTH_RATE_LIMIT_PER_MINUTE, windowMs, clock);
  }

  onModuleInit(): void {
    if (this.config.publicUrl.protocol === 'https:' && this.config.environment.TRUSTED_PROXY_HOPS === 0)
      new Logger(RateLimits.name).warn(
        'PUBLIC_URL is https and TRUSTED_PROXY_HOPS is 0: behind a load balancer all clients share the limits of its address',
      );
  }

  user({ userId }: Caller, reply: FastifyReply): void {
    admit(reply, this.byUser.spend(userId));
  }

  stranger({ ip }: FastifyRequest, reply: FastifyReply): void {
    admit(reply, this.byAddress.spend(addressKey(ip)));
  }

  signIn({ ip }: FastifyRequest, reply: FastifyReply): void {
    admit(reply, this.bySignIn.spend(addressKey(ip)));
  }

  /** Counts nothing: refuses an address that has used up its failures before anything is looked up for it. */
  refuseExhausted({ ip }: FastifyRequest, reply: FastifyReply): void {
    const count = this.byAddress.look(addressKey(ip));
    if (count.used >= count.most) refuse(reply, count);
  }
}

function admit(reply: FastifyReply, count: Count): void {
  if (count.used > count.most) refuse(reply, count);
  describe(reply, count);
}

function refuse(reply: FastifyReply, count: Count): never {
  describe(reply, count);
  const seconds = Math.max(1, count.secondsLeft);
  reply.header('retry-after', seconds);
  throw new Problem('too-many-requests', `The limit is ${count.most} requests a minute.`, {
    retryAfterSeconds: seconds,
  });
}

/** The RateLimit fields of draft-ietf-httpapi-ratelimit-headers-06, which clients know best. */
function describe(reply: FastifyReply, { most, used, secondsLeft }: Count): void {
  reply
    .header('ratelimit-limit', most)
    .header('ratelimit-remaining', Math.max(0, most - used))
    .header('ratelimit-reset', secondsLeft)
    .header('ratelimit-policy', `${most};w=${windowMs / 1000}`);
}
