import { Inject, Injectable, Logger } from '@nestjs/common';
import type { PersonalData } from '@stocktool/contracts';
import { ErasureTable, type Erasure } from './erasure.table';

/** Every place where something of a user is kept: `personal-data.spec.ts` fails while a table has none. */
export const personalDataToken = Symbol('personal data');

/** One pass through everything that is kept of a user. Each place can be erased again: a pass may be begun anew at any point. */
@Injectable()
export class ErasurePass {
  private readonly logger = new Logger(ErasurePass.name);

  constructor(
    @Inject(personalDataToken) private readonly places: readonly PersonalData[],
    private readonly table: ErasureTable,
  ) {}

  /** Places do not wait for each other: one that fails keeps none of the others; then the pass fails and comes again. */
  async run(erasure: Erasure): Promise<void> {
    const { userId, erasedOnce } = erasure;
    const outcomes = await Promise.allSettled(this.places.map((place) => place.erase(userId)));
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    if (failures.length > 0) throw new AggregateError(failures, 'a part of an account could not be erased');
    await (erasedOnce ? this.table.end(userId) : this.table.endFirstPass(erasure));
    this.logger.log({ msg: erasedOnce ? 'an account is gone' : 'an account was erased once' });
  }
}
