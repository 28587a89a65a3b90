import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { Problem, type PasswordResetRequest } from '@stocktool/contracts';
import { AccountMail } from './account-mail';
import { AccountTable } from './account.table';
import { MailedTokenTable, type MailedPurpose } from './mailed-token.table';
import { PasswordHasher } from './password-hasher';
import { PriorAccess } from './prior-access';

/** Longer than finding the account and queueing the letter take, so that the answer's time tells nothing. */
const answerAfterMs = 300;

@Injectable()
export class RequestPasswordReset {
  private readonly logger = new Logger(RequestPasswordReset.name);

  constructor(
    private readonly accounts: AccountTable,
    private readonly mail: AccountMail,
  ) {}

  /** The same answer, at the same time, whether there is such an account or not: a failure too, of what is asked of every address. */
  async run(email: string): Promise<void> {
    await Promise.all([delay(answerAfterMs), this.mailIfKnown(email)]);
  }

  private async mailIfKnown(email: string): Promise<void> {
    const account = await this.accounts.byEmail(email);
    if (account)
      await this.mail.send('reset-password', account.userId, email, email).catch((error: unknown) => this.hide(error));
  }

  /** A failure for known addresses only would tell that they are known. */
  private hide(error: unknown): void {
    this.logger.error({ err: error }, 'the mail for a new password could not be queued');
  }
}

@Injectable()
export class ResetPassword {
  constructor(
    private readonly tokens: MailedTokenTable,
    private readonly accounts: AccountTable,
    private readonly passwords: PasswordHasher,
    private readonly prior: PriorAccess,
  ) {}

  /**
   * Hashed first: when too many are signing in at once the token is not used up. Whoever knew the old password is out:
   * every session and every API key ends, before the change (a crash after it leaves nobody in) and after it (for what was
   * made meanwhile). On an account whose address nobody had proved, what was subscribed goes too: it may have been somebody
   * else's.
   */
  async run({ token, password }: PasswordResetRequest, purpose: MailedPurpose = 'reset-password'): Promise<void> {
    const passwordHash = await this.passwords.hash(password);
    const { userId, subject } = await this.tokens.use(token, purpose);
    const account = await this.accounts.byId(userId);
    await this.prior.endSessionsAndKeys(userId);
    if (account?.emailVerified === false) await this.prior.removeSubscriptions(userId);
    if (!(await this.accounts.setPassword(userId, subject, passwordHash)))
      throw new Problem('bad-token', 'The account has changed since this mail was sent.');
    await this.prior.endSessionsAndKeys(userId);
  }
}
