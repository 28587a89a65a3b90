import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { DeleteAccountRequest } from '@stocktool/contracts';
import type { Caller } from '../access/access';
import { AccountMail } from '../auth/account-mail';
import { PriorAccess } from '../auth/prior-access';
import { Reauthenticate } from '../auth/reauthenticate';
import { ErasurePass } from './erasure';
import { ErasureTable } from './erasure.table';

/** Most accounts are erased by then; the answer does not wait longer. */
const waitedForMs = 5_000;

export interface DeleteAccountParts {
  readonly reauthenticate: Reauthenticate;
  readonly table: ErasureTable;
  readonly access: PriorAccess;
  readonly pass: ErasurePass;
  readonly mail: AccountMail;
}

@Injectable()
export class DeleteAccount {
  private readonly logger = new Logger(DeleteAccount.name);

  constructor(private readonly parts: DeleteAccountParts) {}

  /**
   * Once the account is marked, nobody signs in and all else follows, whatever process dies: sessions and keys end, the first
   * pass erases what there is, the second, some minutes later, what was under way.
   */
  async run(caller: Caller, { password }: DeleteAccountRequest): Promise<void> {
    const { reauthenticate, table, access, mail } = this.parts;
    const { userId, email, emailVerified } = await reauthenticate.run(caller, password);
    if (!(await table.mark(userId))) return;
    await access.endSessionsAndKeys(userId);
    if (emailVerified) await mail.sayGoodbye(userId, email).catch((err: unknown) => this.report(err));
    await Promise.race([this.firstPass(userId), delay(waitedForMs, undefined, { ref: false })]);
  }

  private async firstPass(userId: string): Promise<void> {
    try {
      const erasure = await this.parts.table.get(userId);
      if (erasure && !erasure.erasedOnce) await this.parts.pass.run(erasure);
    } catch (err) {
      this.report(err);
    }
  }

  private report(err: unknown): void {
    this.logger.error({ err, msg: 'a part of an erasure is left to the sweep' });
  }
}
