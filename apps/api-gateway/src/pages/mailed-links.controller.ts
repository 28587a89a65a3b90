import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Access } from '../access/access';
import { policyOf } from './layout';
import { mailedLinkPage, mailedLinkScript } from './mailed-link-pages';

const html = 'text/html; charset=utf-8';
const policy = policyOf(mailedLinkScript);

/** Where the buttons of our mails lead. */
@ApiExcludeController()
@Access('open')
@Controller()
export class MailedLinksController {
  @Get('verify-email')
  @Header('content-type', html)
  @Header('content-security-policy', policy)
  verifyEmail(): string {
    return mailedLinkPage('verify-email');
  }

  @Get('reset-password')
  @Header('content-type', html)
  @Header('content-security-policy', policy)
  resetPassword(): string {
    return mailedLinkPage('reset-password');
  }

  @Get('confirm-subscription')
  @Header('content-type', html)
  @Header('content-security-policy', policy)
  confirmSubscription(): string {
    return mailedLinkPage('confirm-subscription');
  }
}
