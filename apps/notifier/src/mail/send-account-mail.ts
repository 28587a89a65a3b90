import { ClaimLedger } from '@stocktool/aws-sqs';
import { type AccountMail, Problem } from '@stocktool/contracts';
import { accountMail } from './account-mail';
import { renderMail } from './mail-document';
import { Mailer } from './mailer';

const claimSeconds = 7 * 86_400;

/** Mail that an account asked for itself. It has no row of its own, so the claim ledger makes it one mail. */
export class SendAccountMail {
  constructor(
    private readonly mailer: Mailer,
    private readonly ledger: ClaimLedger,
    private readonly publicUrl: string,
  ) {}

  async run({ id, template, to, token }: AccountMail): Promise<void> {
    await this.ledger.once(`account-mail:${id}`, claimSeconds, async () => {
      const mail = renderMail(accountMail(template, token, this.publicUrl));
      const outcome = await this.mailer.send(`account-mail:${id}`, to, mail);
      if (outcome.ok) return;
      // The address does not exist: the message is done with, more attempts would only harm our standing.
      if (outcome.permanent) throw new Problem('target-refused', outcome.error);
      throw new Problem('dependency-unavailable', outcome.error);
    });
  }
}
