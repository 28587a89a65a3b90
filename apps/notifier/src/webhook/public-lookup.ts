import { lookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isPublicAddress } from '@stocktool/subscriptions';

/** A connection was to go to an address that webhooks do not go to. */
export class NotPublic extends Error {
  constructor() {
    super('the address is not a public one');
    this.name = 'NotPublic';
  }
}

/** Resolves as usual, but fails when any of the addresses is refused: the connection is made to one that was looked at. */
export const publicLookup: LookupFunction = (hostname, options, done) =>
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? [];
    if (error ?? !first) done(error ?? new NotPublic(), []);
    else if (!addresses.every((one: LookupAddress) => isPublicAddress(one.address))) done(new NotPublic(), []);
    else if (options.all) done(null, addresses);
    else done(null, first.address, first.family);
  });
