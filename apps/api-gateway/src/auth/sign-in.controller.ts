import { Body, Controller, Headers, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { LoginRequest, RegisterRequest, SignedIn } from '@stocktool/contracts';
import type { FastifyReply } from 'fastify';
import { Access, SignInLimited } from '../access/access';
import { Describe } from '../documentation/describe';
import { RefreshCookies } from '../sessions/refresh-cookies';
import { RegisterAccount } from './register-account';
import { SignIn } from './sign-in';

@ApiTags('accounts')
@SignInLimited()
@Controller('v1/auth')
export class SignInController {
  constructor(
    private readonly registerAccount: RegisterAccount,
    private readonly signIn: SignIn,
    private readonly cookies: RefreshCookies,
  ) {}

  @Post('register')
  @Access('open')
  @Describe('register', 'Make an account and sign in', {
    status: 201,
    answer: SignedIn,
    description: 'The refresh token comes as the cookie `refresh_token`; a mail asks to confirm the address.',
    problems: ['email-taken'],
  })
  async register(
    @Body({ schema: RegisterRequest }) request: RegisterRequest,
    @Headers('user-agent') userAgent: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignedIn> {
    return this.cookies.give(reply, await this.registerAccount.run(request, userAgent));
  }

  @Post('login')
  @Access('open')
  @Describe('login', 'Sign in', { answer: SignedIn, problems: ['invalid-credentials'] })
  async login(
    @Body({ schema: LoginRequest }) request: LoginRequest,
    @Headers('user-agent') userAgent: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignedIn> {
    return this.cookies.give(reply, await this.signIn.run(request, userAgent));
  }
}
