import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { Problem } from '@stocktool/contracts';
import { z } from 'zod';

/** `user.subscription.secret`, of the mail that asks and of the link that ends. */
const Parts = z.tuple([z.uuid(), z.uuid(), z.string().regex(/^[\w-]{43}$/)]);

/** The mailed token names its row, so that it is found by key; only a hash of it is stored. */
export function makeConfirmToken(userId: string, subscriptionId: string): { token: string; hash: string } {
  const token = [userId, subscriptionId, randomBytes(32).toString('base64url')].join('.');
  return { token, hash: hashOf(token) };
}

export function readConfirmToken(token: string): {
  userId: string;
  subscriptionId: string;
  secret: string;
  hash: string;
} {
  const parts = Parts.safeParse(token.split('.'));
  if (!parts.success) throw badToken();
  const [userId, subscriptionId, secret] = parts.data;
  return { userId, subscriptionId, secret, hash: hashOf(token) };
}

export const sameHash = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

export const badToken = () => new Problem('bad-token', 'The token is not valid or has expired.');

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');
