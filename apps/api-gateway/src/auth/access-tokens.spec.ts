import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { KeySet } from '@stocktool/aws-secrets';
import { FixedClock } from '@stocktool/testing';
import { SignJWT } from 'jose';
import { AccessTokens } from './access-tokens';
import { SigningKeys } from './signing-keys';

const [now, next, unknown] = [1, 2, 3].map(() => randomBytes(32).toString('base64url'));
const key = createSecretKey(Buffer.from(now!, 'base64url'));
const setOf = (...keys: (string | undefined)[]) =>
  ({ accessTokenKeys: () => Promise.resolve(KeySet.parse(keys)) }) as unknown as SigningKeys;
const keys = setOf(now);
const claims = { userId: randomUUID(), sessionId: randomUUID(), roles: ['user' as const] };

describe('an access token', () => {
  it('says who, in which session, and works for fifteen minutes', async () => {
    const clock = new FixedClock('2026-03-01T12:00:00Z');
    const tokens = new AccessTokens(keys, clock);
    const token = await tokens.issue(claims);
    expect(await tokens.verify(token)).toEqual(claims);
    clock.advance(15 * 60_000 - 1000);
    expect(await tokens.verify(token)).toEqual(claims);
    clock.advance(1000);
    await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(new AccessTokens(keys, clock).verify(token)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('is believed by every generation of a rotation beside the next, and signed with the first key', async () => {
    const clock = new FixedClock('2026-03-01T12:00:00Z');
    const generations = [setOf(now), setOf(now, next), setOf(next, now), setOf(next)];
    const tokens = await Promise.all(generations.map((set) => new AccessTokens(set, clock).issue(claims)));
    const believed = generations.map((set) =>
      Promise.all(
        tokens.map((token) =>
          new AccessTokens(set, clock).verify(token).then(
            () => 1,
            () => 0,
          ),
        ),
      ),
    );
    expect(await Promise.all(believed)).toEqual([
      [1, 1, 0, 0],
      [1, 1, 1, 1],
      [1, 1, 1, 1],
      [0, 0, 1, 1],
    ]);
    await expect(new AccessTokens(setOf(unknown), clock).verify(tokens[0]!)).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });

  it('of a version that names no key is believed by any of them', async () => {
    const clock = new FixedClock(new Date().toISOString());
    expect(await new AccessTokens(setOf(next, now), clock).verify(await made((jwt) => jwt))).toMatchObject({
      userId: claims.userId,
    });
  });

  const made = (change: (jwt: SignJWT) => SignJWT, signedWith = key, header = { alg: 'HS256', typ: 'at+jwt' }) =>
    change(
      new SignJWT({ sid: claims.sessionId, roles: ['admin'] })
        .setProtectedHeader(header)
        .setSubject(claims.userId)
        .setIssuer('stocktool')
        .setAudience('stocktool-api')
        .setExpirationTime('10m'),
    ).sign(signedWith);

  it.each<[string, () => Promise<string>]>([
    ['signed with another key', () => made((jwt) => jwt, createSecretKey(randomBytes(32)))],
    [
      'of another algorithm',
      () => made((jwt) => jwt, createSecretKey(randomBytes(64)), { alg: 'HS512', typ: 'at+jwt' }),
    ],
    ['of another type', () => made((jwt) => jwt, key, { alg: 'HS256', typ: 'JWT' })],
    ['of another issuer', () => made((jwt) => jwt.setIssuer('elsewhere'))],
    ['for another audience, such as the chat service', () => made((jwt) => jwt.setAudience('chat'))],
    ['of nobody', () => made((jwt) => jwt.setSubject(''))],
    ['that has expired', () => made((jwt) => jwt.setExpirationTime('-1s'))],
    ['that is not valid yet', () => made((jwt) => jwt.setNotBefore('5m'))],
  ])('%s is refused', async (_what, make) => {
    const tokens = new AccessTokens(keys, new FixedClock(new Date().toISOString()));
    await expect(tokens.verify(await make())).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(await tokens.verify(await made((jwt) => jwt))).toMatchObject({ userId: claims.userId });
  });
});
