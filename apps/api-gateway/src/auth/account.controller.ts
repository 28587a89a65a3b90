import { Body, Controller, Get, Injectable, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  Account,
  PasswordForgotRequest,
  PasswordResetRequest,
  Problem,
  VerifyEmailRequest,
} from '@stocktool/contracts';
import { Access, CurrentCaller, SignInLimited, type Caller } from '../access/access';
import { Describe } from '../documentation/describe';
import { AccountTable } from './account.table';
import { RequestPasswordReset, ResetPassword } from './reset-password';
import { VerifyEmail } from './verify-email';

@Injectable()
export class ShowAccount {
  constructor(private readonly accounts: AccountTable) {}

  async run(userId: string): Promise<Account> {
    const account = await this.accounts.byId(userId);
    if (!account) throw new Problem('unauthenticated', 'The account is gone.');
    return this.accounts.shown(account);
  }
}

@ApiTags('accounts')
@SignInLimited()
@Controller('v1/auth')
export class AccountController {
  constructor(
    private readonly showAccount: ShowAccount,
    private readonly verifyEmail: VerifyEmail,
    private readonly requestPasswordReset: RequestPasswordReset,
    private readonly resetPassword: ResetPassword,
  ) {}

  @Get('me')
  @Access('read')
  @Describe('me', 'Who I am', { answer: Account })
  me(@CurrentCaller() caller: Caller): Promise<Account> {
    return this.showAccount.run(caller.userId);
  }

  @Post('verify')
  @Access('open')
  @Describe('verifyEmail', 'Confirm an e-mail address by the mailed token', {
    status: 204,
    problems: ['bad-token', 'password-required'],
  })
  verify(@Body({ schema: VerifyEmailRequest }) request: VerifyEmailRequest): Promise<void> {
    return this.verifyEmail.run(request);
  }

  @Post('password/forgot')
  @Access('open')
  @Describe('forgotPassword', 'Ask for a mail to set a new password', {
    status: 202,
    description: 'Accepted, whether there is such an account or not.',
  })
  forgot(@Body({ schema: PasswordForgotRequest }) { email }: PasswordForgotRequest): Promise<void> {
    return this.requestPasswordReset.run(email);
  }

  @Post('password/reset')
  @Access('open')
  @Describe('resetPassword', 'Set a new password by the mailed token; every session and API key ends', {
    status: 204,
    problems: ['bad-token'],
  })
  reset(@Body({ schema: PasswordResetRequest }) request: PasswordResetRequest): Promise<void> {
    return this.resetPassword.run(request);
  }
}
