import { argon2Sync } from 'node:crypto';
import { PasswordHasher } from './password-hasher';

const hasher = new PasswordHasher();
beforeAll(() => hasher.onModuleInit());

describe('a password', () => {
  it('is kept as argon2id in PHC form with the cost that OWASP names, salted', async () => {
    const [one, other] = await Promise.all([hasher.hash('correct horse'), hasher.hash('correct horse')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(one).not.toBe(other);
    const [salt, tag] = one.split('$').slice(4) as [string, string];
    const parameters = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 };
    const nonce = Buffer.from(salt, 'base64');
    expect(argon2Sync('argon2id', { message: 'correct horse', nonce, ...parameters })).toEqual(
      Buffer.from(tag, 'base64'),
    );
  });

  it('matches itself and nothing else; without an account nothing matches', async () => {
    const stored = await hasher.hash('correct horse');
    expect(await hasher.matches('correct horse', stored)).toBe(true);
    expect(await hasher.matches('Correct horse', stored)).toBe(false);
    expect(await hasher.matches('correct horse', undefined)).toBe(false);
  });

  it('that was kept at another cost still matches', async () => {
    const nonce = Buffer.from('somesaltsomesalt');
    const tag = argon2Sync('argon2id', {
      message: 'password',
      nonce,
      memory: 64,
      passes: 2,
      parallelism: 1,
      tagLength: 24,
    });
    const stored = `$argon2id$v=19$m=64,t=2,p=1$${nonce.toString('base64').replace(/=+$/, '')}$${tag.toString('base64')}`;
    expect(await hasher.matches('password', stored)).toBe(true);
  });

  it('waits its turn, two at a time, and is refused with 503 when too many wait', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 40 }, () => hasher.hash('x')));
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused.length).toBe(40 - 2 - 32);
    for (const { reason } of refused)
      expect(reason).toMatchObject({ code: 'dependency-unavailable', retryAfterSeconds: 2 });
    expect(await hasher.hash('x')).toMatch(/^\$argon2id/);
  });
});
