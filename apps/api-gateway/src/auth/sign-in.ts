import { Injectable } from '@nestjs/common';
import { Problem, type LoginRequest, type SignedIn } from '@stocktool/contracts';
import { SessionTable, type OpenedSession } from '../sessions/session.table';
import { AccessTokens, accessTokenSeconds } from './access-tokens';
import { AccountTable, type StoredAccount } from './account.table';
import { PasswordGuesses } from './password-guesses';
import { PasswordHasher } from './password-hasher';

export interface SignedInWithCookie {
  readonly body: SignedIn;
  readonly refreshToken: string;
}

/** Password in, session out. */
@Injectable()
export class SignIn {
  constructor(
    private readonly accounts: AccountTable,
    private readonly passwords: PasswordHasher,
    private readonly guesses: PasswordGuesses,
    private readonly sessions: SessionTable,
    private readonly tokens: AccessTokens,
  ) {}

  /** An unknown address takes the same time and gives the same answer as a wrong password. */
  async run({ email, password }: LoginRequest, userAgent: string | undefined): Promise<SignedInWithCookie> {
    this.guesses.refuseExhausted(email);
    const account = await this.accounts.byEmail(email);
    if (!(await this.passwords.matches(password, account?.passwordHash)) || !account) {
      this.guesses.failed(email);
      throw new Problem('invalid-credentials', 'There is no account with this e-mail and password.');
    }
    return this.begin(account, userAgent);
  }

  /**
   * A new session of an account that has just proved itself. Looked at again once it is open: a password that was changed or
   * an account that was deleted meanwhile ended the sessions that there were, but not this one.
   */
  async begin(account: StoredAccount, userAgent: string | undefined): Promise<SignedInWithCookie> {
    const { userId, passwordProven, passwordHash } = account;
    const opened = await this.sessions.open(userId, userAgent, passwordProven);
    const now = await this.accounts.byId(userId);
    if (now?.passwordHash === passwordHash) return this.answer(account, opened);
    await this.sessions.revoke(userId, opened.sessionId);
    throw new Problem('invalid-credentials', 'There is no account with this e-mail and password.');
  }

  /** A session from before the password was proved has no role that rests on the proof. */
  async answer(account: StoredAccount, opened: OpenedSession): Promise<SignedInWithCookie> {
    const { sessionId, refreshToken, passwordProven } = opened;
    const user = this.accounts.shown({ ...account, passwordProven: account.passwordProven && passwordProven });
    const accessToken = await this.tokens.issue({ userId: user.id, sessionId, roles: user.roles });
    return {
      refreshToken,
      body: {
        user,
        accessToken,
        expiresIn: accessTokenSeconds,
        tokenType: 'Bearer',
      },
    };
  }
}
