import { applyDecorators, createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import { ApiBearerAuth, ApiSecurity } from '@nestjs/swagger';
import type { Role, Scope } from '@stocktool/contracts';
import type { FastifyRequest } from 'fastify';

/** Whom the credentials of a request name. */
export interface Caller {
  readonly userId: string;
  readonly roles: readonly Role[];
  /** A signed-in session has every scope; a key has those it was made with. */
  readonly scopes: readonly Scope[];
  /** The session or key itself. */
  readonly credentialId: string;
  readonly sessionId?: string;
}

export type AccessRule = 'open' | Scope;
export const accessRuleKey = 'stocktool:access';

export const signInLimitedKey = 'stocktool:sign-in-limited';

/** The tighter limit by address, for open routes that take a password or a token. */
export const SignInLimited = (): MethodDecorator & ClassDecorator => SetMetadata(signInLimitedKey, true);

/**
 * Who may call a route. Every route declares it: the gateway does not start with one that does not.
 * `admin` asks for the role as well as, for keys, the scope.
 */
export const Access = (rule: AccessRule): MethodDecorator & ClassDecorator =>
  rule === 'open'
    ? SetMetadata(accessRuleKey, rule)
    : applyDecorators(SetMetadata(accessRuleKey, rule), ApiBearerAuth('bearer'), ApiSecurity('apiKey'));

/** On the request itself: a weak map with an entry for every request costs ten times as much, and the collector's time. */
const callerKey = Symbol('caller');
type Called = FastifyRequest & { [callerKey]?: Caller };

export const rememberCaller = (request: Called, caller: Caller): void => void (request[callerKey] = caller);
const callerOf = (request: Called): Caller | undefined => request[callerKey];

/** The caller of a route that is not open. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const caller = callerOf(context.switchToHttp().getRequest<FastifyRequest>());
  if (!caller) throw new Error('an open route has no caller');
  return caller;
});
