import { Global, Module } from '@nestjs/common';
import { DiscoveryModule, APP_GUARD } from '@nestjs/core';
import { SubscriptionsModule as SubscriptionTables } from '@stocktool/subscriptions';
import { AccessDeclarations } from '../access/access-declarations';
import { AccessGuard } from '../access/access.guard';
import { Authenticator } from '../access/authenticator';
import { Budgets } from '../access/budgets';
import { MediaTypeGuard } from '../access/media-type.guard';
import { OpenBodies } from '../access/open-bodies';
import { RateLimits } from '../access/rate-limits';
import { SecurityHeaders } from '../access/security-headers';
import { ApiKeyCheck } from '../api-keys/api-key-check';
import { ApiKeyTable } from '../api-keys/api-key.table';
import { ApiKeysController, RevokeApiKey } from '../api-keys/api-keys.controller';
import { CreateApiKey } from '../api-keys/create-api-key';
import { Idempotency } from '../idempotency/idempotency';
import { IdempotencyTable } from '../idempotency/idempotency.table';
import { SealedAnswers } from '../idempotency/sealed-answer';
import { RefreshCookies } from '../sessions/refresh-cookies';
import { EndSession, RefreshSession } from '../sessions/refresh-session';
import { SessionCheck } from '../sessions/session-check';
import { SessionTable } from '../sessions/session.table';
import { SessionsController } from '../sessions/sessions.controller';
import { AccessTokens } from './access-tokens';
import { AccountMail } from './account-mail';
import { AccountController, ShowAccount } from './account.controller';
import { AccountTable } from './account.table';
import { MailedTokenTable } from './mailed-token.table';
import { PasswordGuesses } from './password-guesses';
import { PasswordHasher } from './password-hasher';
import { PriorAccess } from './prior-access';
import { Reauthenticate } from './reauthenticate';
import { RegisterAccount } from './register-account';
import { RequestPasswordReset, ResetPassword } from './reset-password';
import { SignIn } from './sign-in';
import { SignInController } from './sign-in.controller';
import { SigningKeys } from './signing-keys';
import { VerifyEmail } from './verify-email';

/** Accounts, sessions and keys; the guards that every route passes; and what other nouns need to know of a caller. */
@Global()
@Module({
  imports: [DiscoveryModule, SubscriptionTables],
  controllers: [SignInController, AccountController, SessionsController, ApiKeysController],
  providers: [
    AccessDeclarations,
    RateLimits,
    Budgets,
    SecurityHeaders,
    OpenBodies,
    Authenticator,
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_GUARD, useClass: MediaTypeGuard },
    SigningKeys,
    AccessTokens,
    PasswordHasher,
    PasswordGuesses,
    AccountTable,
    MailedTokenTable,
    AccountMail,
    SessionTable,
    SessionCheck,
    RefreshSession,
    EndSession,
    RefreshCookies,
    SignIn,
    RegisterAccount,
    ShowAccount,
    PriorAccess,
    Reauthenticate,
    VerifyEmail,
    RequestPasswordReset,
    ResetPassword,
    ApiKeyTable,
    ApiKeyCheck,
    CreateApiKey,
    RevokeApiKey,
    IdempotencyTable,
    SealedAnswers,
    Idempotency,
  ],
  exports: [
    AccountTable,
    AccountMail,
    SessionTable,
    ApiKeyTable,
    PriorAccess,
    Reauthenticate,
    RefreshCookies,
    Budgets,
    SigningKeys,
    Idempotency,
    AccessDeclarations,
  ],
})
export class AuthModule {}
