import { Controller, Get, Header, Post, Query } from '@nestjs/common';
import { ApiConsumes, ApiTags } from '@nestjs/swagger';
import { MailedToken } from '@stocktool/contracts';
import { SubscriptionTable } from '@stocktool/subscriptions';
import { z } from 'zod';
import { Access, SignInLimited } from '../access/access';
import { Describe } from '../documentation/describe';
import { policyOf } from '../pages/layout';
import { formTypes } from './form-bodies';
import { askPage, donePage } from './unsubscribe-page';

/** Without a name of its own: in the document it is a parameter, not a schema. */
const LinkQuery = z.strictObject({ token: MailedToken.shape.token });
type LinkQuery = z.infer<typeof LinkQuery>;
const html = 'text/html; charset=utf-8';

/** Where the link and the `List-Unsubscribe` header of every mail lead: open, for the one who gets the mail has no account. */
@ApiTags('notifications')
@Access('open')
@SignInLimited()
@Controller('v1/subscriptions/unsubscribe')
export class UnsubscribeController {
  constructor(private readonly subscriptions: SubscriptionTable) {}

  @Get()
  @Header('content-type', html)
  @Header('content-security-policy', policyOf())
  @Describe('showUnsubscribe', 'A page with a button that ends a subscription', { stream: 'text/html' })
  show(@Query({ schema: LinkQuery }) { token }: LinkQuery): string {
    return askPage(token);
  }

  @Post()
  @ApiConsumes(...formTypes)
  @Header('content-type', html)
  @Header('content-security-policy', policyOf())
  @Describe('unsubscribe', 'End a subscription by the token in its mails (one click, RFC 8058)', {
    stream: 'text/html',
    problems: ['bad-token', 'unsupported-media-type'],
  })
  async unsubscribe(@Query({ schema: LinkQuery }) { token }: LinkQuery): Promise<string> {
    await this.subscriptions.unsubscribe(token);
    return donePage();
  }
}
