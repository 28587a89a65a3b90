import { createHash } from 'node:crypto';

const hashOf = (userId: string): string => createHash('sha256').update(userId).digest('hex');

/**
 * The row of the table `erasures` that remembers, by a hash of the id, that a user was erased: a message that still names one is done
 * with, and a restore leaves the user's rows out. Kept for a day longer than a message lives in a queue.
 */
export const erasedUserKey = (userId: string) => ({ userHash: hashOf(userId), itemId: 'erased' });

/** Where the version before looks for it and leaves it: in the table `analyses`. It goes when no such version can be met any more. */
export const formerErasedUserKey = (userId: string) => ({ userId: `erased#${hashOf(userId)}`, itemId: 'erased' });

export const erasedUserKeptDays = 5;
