import { ClaimLedger, RetryLater } from '@stocktool/aws-sqs';
import { type AccountMail, type GoodbyeMail, Problem } from '@stocktool/contracts';
import { TargetGate } from '../delivery/target-gate';
import { accountMail, goodbyeMail } from './account-mail';
import { renderMail } from './mail-document';
import { Mailer } from './mailer';

const claimSeconds = 7 * 86_400;
const patienceMs = 20_000;
const busyWaitSeconds = 10;

/** Mail that an account asked for itself. It has no row of its own, so the claim ledger makes it one mail. It waits in the same line as all mail. */
export class SendAccountMail {
  constructor(
    private readonly mailer: Mailer,
    private readonly ledger: ClaimLedger,
    private readonly publicUrl: string,
    private readonly gate: TargetGate,
  ) {}

  async run(work: AccountMail | GoodbyeMail): Promise<void> {
    const entered = await this.gate.enter('email', () => this.send(work), patienceMs);
    if (!entered) throw new RetryLater(busyWaitSeconds, 'the mail server has enough to do');
  }

  private send(work: AccountMail | GoodbyeMail): Promise<string> {
    const { id, to } = work;
    return this.ledger.once(`account-mail:${id}`, claimSeconds, async () => {
      const mail = renderMail(
        work.kind === 'goodbye-mail'
          ? goodbyeMail(this.publicUrl)
          : accountMail(work.template, work.token, this.publicUrl),
      );
      const outcome = await this.gate.timed('email', () => this.mailer.send(`account-mail:${id}`, to, mail));
      if (outcome.ok) return;
      // The address does not exist: the message is done with, more attempts would only harm our standing.
      if (outcome.permanent) throw new Problem('target-refused', outcome.error);
      throw new Problem('dependency-unavailable', outcome.error);
    });
  }
}
