import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Problem } from '@stocktool/contracts';
import { RequestContext } from '@stocktool/observability';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { accessRuleKey, rememberCaller, signInLimitedKey, type AccessRule, type Caller } from './access';
import { Authenticator } from './authenticator';
import { RateLimits } from './rate-limits';

/** Authenticates, authorises and limits every request by what its route declares. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
    private readonly limits: RateLimits,
  ) {}

  /** Without waiting for anything where the caller is remembered. */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    const rule = this.reflector.getAllAndOverride<AccessRule | undefined>(accessRuleKey, targets);
    if (rule === undefined) return true; // only routes of the platform (health): see AccessDeclarations
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    if (rule === 'open') {
      const limited = this.reflector.getAllAndOverride<true | undefined>(signInLimitedKey, targets);
      if (limited) this.limits.signIn(request, reply);
      else this.limits.stranger(request, reply);
      return true;
    }
    this.limits.refuseExhausted(request, reply);
    const remembered = this.authenticator.remembered(request.headers);
    if (remembered) return this.admit(remembered, rule, request, reply);
    return this.identify(request, reply).then((caller) => this.admit(caller, rule, request, reply));
  }

  private admit(caller: Caller, rule: Exclude<AccessRule, 'open'>, request: FastifyRequest, reply: FastifyReply): true {
    rememberCaller(request, caller);
    RequestContext.setUserId(caller.userId);
    this.limits.user(caller, reply);
    authorise(caller, rule);
    return true;
  }

  /** Failed attempts are counted by address, so that guessing keys is limited too. */
  private async identify(request: FastifyRequest, reply: FastifyReply): Promise<Caller> {
    try {
      return await this.authenticator.identify(request.headers);
    } catch (error) {
      this.limits.stranger(request, reply);
      reply.header('www-authenticate', 'Bearer realm="stocktool"');
      throw error;
    }
  }
}

function authorise(caller: Caller, rule: Exclude<AccessRule, 'open'>): void {
  if (!caller.scopes.includes(rule)) throw new Problem('forbidden', `This key does not have the scope \`${rule}\`.`);
  if (rule === 'admin' && !caller.roles.includes('admin'))
    throw new Problem('forbidden', 'This needs the role `admin`.');
}
