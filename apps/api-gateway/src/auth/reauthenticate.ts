import { Injectable } from '@nestjs/common';
import { Clock, Problem } from '@stocktool/contracts';
import type { Caller } from '../access/access';
import { SessionTable } from '../sessions/session.table';
import { AccountTable, type StoredAccount } from './account.table';
import { PasswordGuesses } from './password-guesses';
import { PasswordHasher } from './password-hasher';

const freshMs = 10 * 60_000;

/** Whether it is the user, and not only somebody with the user's open browser or a key of theirs. */
@Injectable()
export class Reauthenticate {
  constructor(
    private readonly accounts: AccountTable,
    private readonly passwords: PasswordHasher,
    private readonly guesses: PasswordGuesses,
    private readonly sessions: SessionTable,
    private readonly clock: Clock,
  ) {}

  /** By the password, or by a session that began with it at most ten minutes ago. Problem `reauthentication-required`. */
  async run({ userId, sessionId }: Caller, password: string | undefined): Promise<StoredAccount> {
    const account = await this.accounts.byId(userId);
    if (!account) throw new Problem('unauthenticated', 'The account is gone.');
    if (password !== undefined) await this.check(account, password);
    else if (sessionId === undefined || !(await this.isFresh(userId, sessionId)))
      throw new Problem('reauthentication-required', 'Send the `password`, or sign in again within ten minutes.');
    return account;
  }

  private async check({ email, passwordHash }: StoredAccount, password: string): Promise<void> {
    this.guesses.refuseExhausted(email);
    if (await this.passwords.matches(password, passwordHash)) return;
    this.guesses.failed(email);
    throw new Problem('reauthentication-required', 'The password is wrong.');
  }

  private async isFresh(userId: string, sessionId: string): Promise<boolean> {
    const begun = await this.sessions.begunAtEpochMs(userId, sessionId);
    return begun !== undefined && this.clock.epochMs() - begun <= freshMs;
  }
}
