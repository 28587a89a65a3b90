import { Injectable, Logger } from '@nestjs/common';
import type { RegisterRequest } from '@stocktool/contracts';
import { AccountMail } from './account-mail';
import { AccountTable } from './account.table';
import { PasswordHasher } from './password-hasher';
import { SignIn, type SignedInWithCookie } from './sign-in';

@Injectable()
export class RegisterAccount {
  private readonly logger = new Logger(RegisterAccount.name);

  constructor(
    private readonly accounts: AccountTable,
    private readonly passwords: PasswordHasher,
    private readonly mail: AccountMail,
    private readonly signIn: SignIn,
  ) {}

  /**
   * The account stands once it is written: a letter that could not be queued is logged, and asking for a new password
   * proves the address as well.
   */
  async run({ email, password, name }: RegisterRequest, userAgent: string | undefined): Promise<SignedInWithCookie> {
    const account = await this.accounts.register(email, await this.passwords.hash(password), name ?? null);
    await this.mail
      .send('verify-email', account.userId, email, email)
      .catch((error: unknown) => this.logger.error({ err: error }, 'the verification mail could not be queued'));
    return this.signIn.begin(account, userAgent);
  }
}
