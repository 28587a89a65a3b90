import { createHash } from 'node:crypto';

/**
 * The row that remembers, by a hash of the id, that a user was erased: a message that still names one is done with, and a restore
 * leaves the user's rows out. In the analyses table, for a day longer than a message lives in a queue.
 */
export const erasedUserKey = (userId: string) => ({
  userId: `erased#${createHash('sha256').update(userId).digest('hex')}`,
  itemId: 'erased',
});
export const erasedUserKeptDays = 5;
