import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { costMicroUsd, type Expense, type Payer, type Reservation, type TokenUsage } from '@stocktool/llm';
import type { Amount, BudgetTable, Held } from './budget.table';

/** A stopped model ends its request at once; what it had used is then known. */
const longestCloseMs = 1000;
const nothing: TokenUsage = { promptTokens: 0, completionTokens: 0 };

/** Pays the attempts of one reply from its user's budget of the day, and knows what they cost. */
export class UserPayer implements Payer {
  private static readonly logger = new Logger(UserPayer.name);
  /** Resolve when what was set aside is counted. */
  private readonly settling: Promise<void>[] = [];
  private spentMicroUsd = 0;
  private opening: { held: Held; expense: Expense } | undefined;

  constructor(
    private readonly table: BudgetTable,
    private readonly userId: string,
  ) {}

  get costUsd(): number {
    return this.spentMicroUsd / 1e6;
  }

  /** Sets aside what the first attempt takes at most, while other things are read. Throws as `reserve` does. */
  async open(expense: Expense): Promise<void> {
    this.opening = { held: await this.hold(expense), expense };
  }

  async reserve(expense: Expense): Promise<Reservation> {
    const opening = this.opening;
    this.opening = undefined;
    if (opening && covers(opening.expense, expense)) return this.reservation(opening.held, expense);
    if (opening) this.reservation(opening.held, opening.expense).settle(nothing);
    return this.reservation(await this.hold(expense), expense);
  }

  /** All that was set aside is counted, and nothing stays so. Never rejects: what is left expires. */
  async close(): Promise<void> {
    if (this.opening) this.reservation(this.opening.held, this.opening.expense).settle(nothing);
    this.opening = undefined;
    await Promise.race([Promise.all(this.settling), delay(longestCloseMs, undefined, { ref: false })]);
  }

  private hold(expense: Expense): Promise<Held> {
    return this.table.hold(this.userId, randomUUID(), amountOf(expense, expense.most));
  }

  private reservation(held: Held, expense: Expense): Reservation {
    const counted = Promise.withResolvers<void>();
    this.settling.push(counted.promise);
    let isSettled = false;
    return {
      settle: (used) => {
        if (isSettled) return;
        isSettled = true;
        const amount = amountOf(expense, used);
        this.spentMicroUsd += amount.microUsd;
        const settled = this.table.settle(this.userId, held, amount).catch((error: unknown) => {
          UserPayer.logger.warn({ err: error }, 'what a model took could not be counted: what was set aside expires');
        });
        counted.resolve(settled);
      },
    };
  }
}

const amountOf = ({ price }: Expense, { promptTokens, completionTokens }: TokenUsage): Amount => ({
  tokens: promptTokens + completionTokens,
  microUsd: costMicroUsd(price, promptTokens, completionTokens),
});

const covers = (larger: Expense, smaller: Expense): boolean =>
  larger.most.promptTokens >= smaller.most.promptTokens &&
  larger.most.completionTokens >= smaller.most.completionTokens &&
  larger.price.prompt >= smaller.price.prompt &&
  larger.price.completion >= smaller.price.completion;
