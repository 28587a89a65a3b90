import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock, Problem } from '@stocktool/contracts';
import { LRUCache } from 'lru-cache';

const mostFailures = 10;
const windowSeconds = 60;
const addressesKept = 20_000;

interface Failures {
  readonly untilEpochSeconds: number;
  readonly count: number;
}

/**
 * Wrong passwords for one address in a minute, from however many machines, counted in this process. It counts for addresses
 * without an account too, so that the refusal tells nothing.
 */
@Injectable()
export class PasswordGuesses {
  private readonly failures = new LRUCache<string, Failures>({ max: addressesKept });

  constructor(private readonly clock: Clock) {}

  refuseExhausted(email: string): void {
    const known = this.current(email);
    if (!known || known.count < mostFailures) return;
    throw new Problem('too-many-requests', 'Too many wrong passwords for this address. Wait a minute.', {
      retryAfterSeconds: Math.max(1, known.untilEpochSeconds - this.clock.epochSeconds()),
    });
  }

  failed(email: string): void {
    const known = this.current(email);
    this.failures.set(keyOf(email), {
      untilEpochSeconds: known?.untilEpochSeconds ?? this.clock.epochSeconds() + windowSeconds,
      count: (known?.count ?? 0) + 1,
    });
  }

  private current(email: string): Failures | undefined {
    const known = this.failures.get(keyOf(email));
    return known && known.untilEpochSeconds > this.clock.epochSeconds() ? known : undefined;
  }
}

const keyOf = (email: string): string => createHash('sha256').update(email).digest('base64url');
