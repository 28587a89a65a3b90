import { Controller, Delete, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiCookieAuth, ApiTags } from '@nestjs/swagger';
import { pageOf, PageQuery, SessionRow, SignedIn, type Page } from '@stocktool/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Access, CurrentCaller, SignInLimited, type Caller } from '../access/access';
import { Describe } from '../documentation/describe';
import { RefreshCookies } from './refresh-cookies';
import { EndSession, RefreshSession } from './refresh-session';
import { SessionTable } from './session.table';

@ApiTags('accounts')
@SignInLimited()
@Controller('v1/auth')
export class SessionsController {
  constructor(
    private readonly sessions: SessionTable,
    private readonly refreshSession: RefreshSession,
    private readonly endSession: EndSession,
    private readonly cookies: RefreshCookies,
  ) {}

  @Post('refresh')
  @Access('open')
  @ApiCookieAuth('refreshCookie')
  @Describe('refresh', 'A new access token for the refresh cookie', {
    answer: SignedIn,
    description: 'The cookie is replaced. An old one, shown again, ends the session.',
    problems: ['forbidden'],
  })
  async refresh(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<SignedIn> {
    return this.cookies.give(reply, await this.refreshSession.run(this.cookies.read(request)));
  }

  @Post('logout')
  @Access('open')
  @ApiCookieAuth('refreshCookie')
  @Describe('logout', 'Sign out: the session ends', { status: 204, problems: ['forbidden'] })
  async logout(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    await this.endSession.signOut(this.cookies.read(request));
    this.cookies.clear(reply);
  }

  @Get('sessions')
  @Access('read')
  @Describe('listSessions', 'Own sessions, newest first', { answer: pageOf(SessionRow), problems: ['bad-cursor'] })
  list(@CurrentCaller() caller: Caller, @Query({ schema: PageQuery }) page: PageQuery): Promise<Page<SessionRow>> {
    return this.sessions.list(caller.userId, caller.sessionId, page);
  }

  @Delete('sessions/:id')
  @Access('write')
  @Describe('revokeSession', 'End a session; its tokens stop working', { status: 204, problems: ['session-not-found'] })
  revoke(@CurrentCaller() caller: Caller, @Param('id') id: string): Promise<void> {
    return this.endSession.revoke(caller.userId, id);
  }
}
