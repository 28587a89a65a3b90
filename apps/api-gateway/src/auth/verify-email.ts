import { Injectable } from '@nestjs/common';
import { Problem } from '@stocktool/contracts';
import { AccountTable } from './account.table';
import { MailedTokenTable } from './mailed-token.table';

@Injectable()
export class VerifyEmail {
  constructor(
    private readonly tokens: MailedTokenTable,
    private readonly accounts: AccountTable,
  ) {}

  /** The next access token carries what verification brings (the role `admin`, say). */
  async run(token: string): Promise<void> {
    const { userId, subject } = await this.tokens.use(token, 'verify-email');
    if (!(await this.accounts.markVerified(userId, subject)))
      throw new Problem('bad-token', 'The account has another e-mail address by now.');
  }
}
