import { Injectable, Logger } from '@nestjs/common';
import { QueueSender } from '@stocktool/aws-sqs';
import { v7 as uuidv7 } from 'uuid';
import { MailedTokenTable, type MailedPurpose } from './mailed-token.table';

/** Mail of an account to its owner: the notifier writes and sends the letter, the token of a link in it is made here. */
@Injectable()
export class AccountMail {
  private readonly logger = new Logger(AccountMail.name);

  constructor(
    private readonly tokens: MailedTokenTable,
    private readonly queue: QueueSender,
  ) {}

  async send(template: MailedPurpose, userId: string, to: string, subject: string): Promise<void> {
    const token = await this.tokens.issue(userId, template, subject);
    if (token === undefined) {
      this.logger.warn(`no ${template} mail: too many unused links are alive`);
      return;
    }
    await this.queue.send(
      'notifications',
      { kind: 'account-mail', id: uuidv7(), template, to, token },
      { groupId: userId },
    );
  }

  /** To an account that is being deleted. */
  async sayGoodbye(userId: string, to: string): Promise<void> {
    await this.queue.send('notifications', { kind: 'goodbye-mail', id: uuidv7(), to }, { groupId: userId });
  }
}
