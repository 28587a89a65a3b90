import type { TokenUsage } from '../language-model';
import type { Price } from './price';

/** One attempt at a provider, before it is made: at most so many tokens at that price. */
export interface Expense {
  readonly model: string;
  readonly price: Price;
  readonly most: TokenUsage;
}

/** What was set aside for one attempt. */
export interface Reservation {
  /** What it took in the end; once, and never waited for by the answer. */
  settle(used: TokenUsage): void;
}

/** Who pays for the answers to one prompt. Each attempt is reserved before it is made and settled after, those that failed too. */
export interface Payer {
  /** Throws Problem `too-many-requests` where there is not enough left. */
  reserve(expense: Expense): Promise<Reservation>;
}
