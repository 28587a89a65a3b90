import { Injectable } from '@nestjs/common';
import { Problem } from '@stocktool/contracts';
import { AccountTable } from '../auth/account.table';
import { readSecret } from '../auth/secret-text';
import { SignIn, type SignedInWithCookie } from '../auth/sign-in';
import { SessionCheck } from './session-check';
import { SessionTable } from './session.table';

@Injectable()
export class RefreshSession {
  constructor(
    private readonly sessions: SessionTable,
    private readonly check: SessionCheck,
    private readonly accounts: AccountTable,
    private readonly signIn: SignIn,
  ) {}

  /** The next access token and cookie for the current cookie. */
  async run(cookie: string | undefined): Promise<SignedInWithCookie> {
    if (cookie === undefined) throw new Problem('unauthenticated', 'There is no refresh cookie.');
    try {
      const opened = await this.sessions.rotate(cookie);
      const account = await this.accounts.byId(opened.userId);
      if (!account) throw new Problem('unauthenticated', 'The account is gone.');
      return await this.signIn.answer(account, opened);
    } catch (error) {
      const shown = readSecret(cookie);
      if (shown) this.check.forget(shown.userId, shown.rowId); // a family may just have been ended
      throw error;
    }
  }
}

@Injectable()
export class EndSession {
  constructor(
    private readonly sessions: SessionTable,
    private readonly check: SessionCheck,
  ) {}

  async signOut(cookie: string | undefined): Promise<void> {
    const shown = cookie === undefined ? undefined : readSecret(cookie);
    if (cookie === undefined || !shown) return;
    await this.sessions.close(cookie);
    this.check.forget(shown.userId, shown.rowId);
  }

  async revoke(userId: string, sessionId: string): Promise<void> {
    await this.sessions.revoke(userId, sessionId);
    this.check.forget(userId, sessionId);
  }

  async revokeAll(userId: string): Promise<void> {
    await this.sessions.revokeAll(userId);
    this.check.forgetAll(userId);
  }
}
