import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Problem } from '@stocktool/contracts';
import { argon2, randomBytes, timingSafeEqual, type Argon2Parameters } from 'node:crypto';
import { promisify } from 'node:util';

/** OWASP's second choice for argon2id: 19 MiB, 2 passes, 1 lane. */
const cost = { memory: 19_456, passes: 2, parallelism: 1 };
const tagLength = 32;
const saltLength = 16;
/** Each holds 19 MiB and a core: two at once leave room for everything else. */
const atOnce = 2;
const waitingAtMost = 32;

const derive = promisify<'argon2id', Argon2Parameters, Buffer>(argon2);
const phc = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;
const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

/** argon2id in PHC text form, at most two at a time; when too many wait, the next is refused with 503. */
@Injectable()
export class PasswordHasher implements OnModuleInit {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private decoy = '';

  async onModuleInit(): Promise<void> {
    this.decoy = await this.hash(randomBytes(saltLength).toString('hex'));
  }

  async hash(password: string): Promise<string> {
    const salt = randomBytes(saltLength);
    const tag = await this.turn(() => derive('argon2id', { ...cost, message: password, nonce: salt, tagLength }));
    const { memory, passes, parallelism } = cost;
    return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(tag)}`;
  }

  /** `stored` undefined (no such account) costs the same as a wrong password and is false. */
  async matches(password: string, stored: string | undefined): Promise<boolean> {
    const [, memory, passes, parallelism, salt, tag] = phc.exec(stored ?? this.decoy) ?? [];
    if (salt === undefined || tag === undefined) throw new Error('a stored password hash is not argon2id in PHC form');
    const expected = Buffer.from(tag, 'base64');
    const actual = await this.turn(() =>
      derive('argon2id', {
        message: password,
        nonce: Buffer.from(salt, 'base64'),
        memory: Number(memory),
        passes: Number(passes),
        parallelism: Number(parallelism),
        tagLength: expected.length,
      }),
    );
    return timingSafeEqual(actual, expected) && stored !== undefined;
  }

  private async turn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.running >= atOnce) {
      if (this.waiting.length >= waitingAtMost)
        throw new Problem('dependency-unavailable', 'Too many are signing in at once.', { retryAfterSeconds: 2 });
      await new Promise<void>((resolve) => this.waiting.push(resolve)); // the place is handed over, `running` stays
    } else this.running++;
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }
}
