import { randomUUID } from 'node:crypto';
import { CreateSecretCommand, PutSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { FixedClock, localSecrets } from '@stocktool/testing';
import { z } from 'zod';
import { Secrets } from './secrets';

const Keys = z.object({ accessTokenKey: z.string() });
let client: SecretsManagerClient;
beforeAll(() => (client = localSecrets()));
afterAll(() => client.destroy());

async function secret(SecretString: string) {
  const Name = `test/${randomUUID()}`;
  await client.send(new CreateSecretCommand({ Name, SecretString }));
  const clock = new FixedClock('2026-01-01T00:00:00Z');
  return { Name, clock, secrets: new Secrets(client, clock) };
}

describe('Secrets', () => {
  it('keeps a secret for five minutes, then reads what it has become', async () => {
    const { Name, clock, secrets } = await secret('{"accessTokenKey":"one"}');
    expect(await secrets.get(Name, Keys)).toEqual({ accessTokenKey: 'one' });
    await client.send(new PutSecretValueCommand({ SecretId: Name, SecretString: '{"accessTokenKey":"two"}' }));
    clock.advance(299_000);
    expect(await secrets.get(Name, Keys)).toEqual({ accessTokenKey: 'one' });
    clock.advance(2000);
    expect(await secrets.get(Name, Keys)).toEqual({ accessTokenKey: 'two' });
  });

  it.each(['{"accessTokenKey":["tell-nobody"]}', 'tell-nobody'])(
    'says what is wrong with a secret, never what it is: %s',
    async (text) => {
      const { Name, secrets } = await secret(text);
      const error: unknown = await secrets.get(Name, Keys).catch((cause: unknown) => cause);
      expect(error).toBeInstanceOf(Error);
      expect(`${(error as Error).message} ${(error as Error).stack}`).not.toContain('tell-nobody');
      expect((error as Error).cause).toBeUndefined();
    },
  );

  it('does not keep a failure', async () => {
    const Name = `test/${randomUUID()}`;
    const secrets = new Secrets(client);
    await expect(secrets.get(Name, Keys)).rejects.toThrow();
    await client.send(new CreateSecretCommand({ Name, SecretString: '{"accessTokenKey":"late"}' }));
    expect(await secrets.get(Name, Keys)).toEqual({ accessTokenKey: 'late' });
  });
});
