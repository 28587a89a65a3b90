import { Injectable } from '@nestjs/common';
import { Problem } from '@stocktool/contracts';
import { AccountTable } from './account.table';
import { MailedTokenTable } from './mailed-token.table';
import { PriorAccess } from './prior-access';

@Injectable()
export class VerifyEmail {
  constructor(
    private readonly tokens: MailedTokenTable,
    private readonly accounts: AccountTable,
    private readonly prior: PriorAccess,
  ) {}

  /**
   * What stood before the address was proved does not gain from it: keys go, and sessions opened before stay without the
   * role that the address brings, until their holder signs in again. Keys go before the mark, so that a crash leaves none
   * behind, and after it, for those made meanwhile.
   */
  async run(token: string): Promise<void> {
    const { userId, subject } = await this.tokens.use(token, 'verify-email');
    const account = await this.accounts.byId(userId);
    if (account?.email !== subject) throw new Problem('bad-token', 'The account has another e-mail address by now.');
    if (account.emailVerified) return;
    await this.prior.revokeKeys(userId);
    if (!(await this.accounts.markVerified(userId, subject)))
      throw new Problem('bad-token', 'The account has another e-mail address by now.');
    await this.prior.revokeKeys(userId);
  }
}
