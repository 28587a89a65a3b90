import { Injectable } from '@nestjs/common';
import { Problem, type VerifyEmailRequest } from '@stocktool/contracts';
import { AccountTable } from './account.table';
import { MailedTokenTable } from './mailed-token.table';
import { PriorAccess } from './prior-access';
import { ResetPassword } from './reset-password';

@Injectable()
export class VerifyEmail {
  constructor(
    private readonly tokens: MailedTokenTable,
    private readonly accounts: AccountTable,
    private readonly prior: PriorAccess,
    private readonly resetPassword: ResetPassword,
  ) {}

  /**
   * Shows that the address is its holder's, not that its holder made the account. So what stood before does not gain from it:
   * keys go, before the mark (a crash leaves none behind) and after it (for those made meanwhile). Where the address gives a
   * role, nothing that stood before may stay: the holder chooses the password, as with a reset. Without one the token is not
   * used up: Problem `password-required`.
   */
  async run({ token, password }: VerifyEmailRequest): Promise<void> {
    const { userId, subject } = await this.tokens.read(token, 'verify-email');
    if (password !== undefined) return this.resetPassword.run({ token, password }, 'verify-email');
    const account = await this.accounts.byId(userId);
    if (account?.email !== subject) throw otherAddress();
    if (this.accounts.isAdminAddress(subject) && !account.passwordProven) throw passwordRequired();
    await this.tokens.use(token, 'verify-email');
    if (account.emailVerified) return;
    await this.prior.revokeKeys(userId);
    if (!(await this.accounts.markVerified(userId, subject))) throw otherAddress();
    await this.prior.revokeKeys(userId);
  }
}

const otherAddress = () => new Problem('bad-token', 'The account has another e-mail address by now.');
const passwordRequired = () =>
  new Problem('password-required', "This address is an administrator's. Send a new `password` with the token.");
