import { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { Clock, Problem, type AccountExport, type PersonalData } from '@stocktool/contracts';
import { AccountTable } from '../auth/account.table';
import { personalDataToken } from './erasure';

const atOnce = 8;

/** All that is kept of a user as one JSON document, written while it is read: one object in memory at a time. */
@Injectable()
export class ExportAccount {
  private readonly running = new Set<string>();

  constructor(
    @Inject(personalDataToken) private readonly places: readonly PersonalData[],
    private readonly accounts: AccountTable,
    private readonly clock: Clock,
  ) {}

  /**
   * The first piece is read before this resolves: what fails until then is an ordinary problem, what fails later breaks the
   * document off. One at a time for a user, eight in a process.
   */
  async run(userId: string): Promise<Readable> {
    if (this.running.has(userId) || this.running.size >= atOnce)
      throw new Problem('too-many-requests', 'An export is running.', { retryAfterSeconds: 5 });
    this.running.add(userId);
    const pieces = this.pieces(userId);
    const first = await pieces.next();
    const document = Readable.from(resumed(first, pieces), { highWaterMark: 1 });
    document.once('close', () => void pieces.return(undefined)); // also when nobody read any of it
    return document;
  }

  private async *pieces(userId: string): AsyncGenerator<string> {
    try {
      const account = await this.accounts.byId(userId);
      if (!account) throw new Problem('unauthenticated', 'The account is gone.');
      const { createdAt } = account;
      const head: Pick<AccountExport, 'exportedAt' | 'account'> = {
        exportedAt: this.clock.now().toISOString(),
        account: { ...this.accounts.shown(account), createdAt },
      };
      let text = JSON.stringify(head).slice(0, -1);
      for (const place of this.places)
        for (const [section, rows] of Object.entries(place.export(userId))) {
          text += `,${JSON.stringify(section)}:[`;
          let between = '';
          for await (const row of rows) {
            yield `${text}${between}${JSON.stringify(row)}`;
            [text, between] = ['', ','];
          }
          text += ']';
        }
      yield `${text}}\n`;
    } finally {
      this.running.delete(userId);
    }
  }
}

async function* resumed(first: IteratorResult<string>, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  if (!first.done) yield first.value;
  yield* rest;
}
