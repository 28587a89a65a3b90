import fastifyRateLimit from '@fastify/rate-limit';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Problem } from '@stocktool/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GatewayConfig } from '../config';
import { callerOf } from './access';

const windowMs = 60_000;
/** Counters kept at once in each limiter; the least recently used goes first. */
const countersKept = 10_000;

type Limiter = ReturnType<FastifyInstance['createRateLimit']>;
type Count = Exclude<Awaited<ReturnType<Limiter>>, { isAllowed: true }>;

/**
 * Fixed windows of a minute, counted in this process: with n gateways behind a load balancer a client has up to n times
 * as much. Three counters: a user (however many sessions and keys it has), an address without credentials, an address on the
 * sign-in routes.
 */
@Injectable()
export class RateLimits implements OnModuleInit {
  private byUser!: Limiter;
  private byAddress!: Limiter;
  private bySignIn!: Limiter;

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly config: GatewayConfig,
  ) {}

  /** Not awaited: that would start Fastify before Nest has set its error handler. */
  onModuleInit(): void {
    if (this.config.publicUrl.protocol === 'https:' && this.config.environment.TRUSTED_PROXY_HOPS === 0)
      new Logger(RateLimits.name).warn(
        'PUBLIC_URL is https and TRUSTED_PROXY_HOPS is 0: behind a load balancer all clients share the limits of its address',
      );
    const fastify = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    void fastify.register(fastifyRateLimit, { global: false, cache: countersKept });
    void fastify.after(() => this.makeLimiters(fastify));
  }

  private makeLimiters(fastify: FastifyInstance): void {
    const { RATE_LIMIT_PER_MINUTE, AUTH_RATE_LIMIT_PER_MINUTE } = this.config.environment;
    const everyone = { max: RATE_LIMIT_PER_MINUTE, timeWindow: windowMs };
    this.byUser = fastify.createRateLimit({
      ...everyone,
      keyGenerator: (request) => callerOf(request)?.userId ?? request.ip,
    });
    this.byAddress = fastify.createRateLimit(everyone);
    this.bySignIn = fastify.createRateLimit({ max: AUTH_RATE_LIMIT_PER_MINUTE, timeWindow: windowMs });
  }

  async user(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    admit(reply, await this.byUser(request));
  }

  async stranger(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    admit(reply, await this.byAddress(request));
  }

  async signIn(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    admit(reply, await this.bySignIn(request));
  }

  /** Counts nothing: refuses an address that has used up its failures before anything is looked up for it. */
  async refuseExhausted(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const count = await this.byAddress(request, { increment: false });
    if (!count.isAllowed && count.remaining === 0) refuse(reply, count);
  }
}

function admit(reply: FastifyReply, count: Awaited<ReturnType<Limiter>>): void {
  if (count.isAllowed) return;
  if (count.isExceeded) refuse(reply, count);
  describe(reply, count);
}

function refuse(reply: FastifyReply, count: Count): never {
  describe(reply, count);
  const seconds = Math.max(1, count.ttlInSeconds);
  reply.header('retry-after', seconds);
  throw new Problem('too-many-requests', `The limit is ${count.max} requests a minute.`, {
    retryAfterSeconds: seconds,
  });
}

/** The RateLimit fields of draft-ietf-httpapi-ratelimit-headers-06, which clients know best. */
function describe(reply: FastifyReply, { max, remaining, ttlInSeconds }: Count): void {
  reply
    .header('ratelimit-limit', max)
    .header('ratelimit-remaining', remaining)
    .header('ratelimit-reset', ttlInSeconds)
    .header('ratelimit-policy', `${max};w=${windowMs / 1000}`);
}
