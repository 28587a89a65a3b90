import { Body, Controller, Delete, Get, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AccountExport, DeleteAccountRequest } from '@stocktool/contracts';
import type { FastifyReply } from 'fastify';
import { Access, CurrentCaller, type Caller } from '../access/access';
import { Describe } from '../documentation/describe';
import { RefreshCookies } from '../sessions/refresh-cookies';
import { DeleteAccount } from './delete-account';
import { ExportAccount } from './export-account';

@ApiTags('accounts')
@Controller('v1/users/me')
export class PrivacyController {
  constructor(
    private readonly exportAccount: ExportAccount,
    private readonly deleteAccount: DeleteAccount,
    private readonly cookies: RefreshCookies,
  ) {}

  @Get('export')
  @Access('read')
  @Describe('exportAccount', 'All of your data in one document', {
    answer: AccountExport,
    description:
      'Written while it is read. Secrets (passwords, keys, signing secrets) are kept as hashes or not shown.',
  })
  async export(@CurrentCaller() caller: Caller, @Res() reply: FastifyReply): Promise<void> {
    const document = await this.exportAccount.run(caller.userId);
    await reply
      .header('content-type', 'application/json; charset=utf-8')
      .header('content-disposition', 'attachment; filename="stocktool-export.json"')
      .send(document);
  }

  @Delete()
  @Access('write')
  @Describe('deleteAccount', 'Delete your account and all of your data', {
    status: 202,
    description:
      'Nobody signs in from now on, sessions and keys end, and everything is erased: usually at once, what was under way within minutes. It cannot be undone.',
    problems: ['reauthentication-required'],
  })
  async delete(
    @CurrentCaller() caller: Caller,
    @Body({ schema: DeleteAccountRequest.optional() }) request: DeleteAccountRequest | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.deleteAccount.run(caller, request ?? {});
    this.cookies.clear(reply);
  }
}
