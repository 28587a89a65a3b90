import { randomBytes } from 'node:crypto';
import { CreateSecretCommand, GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import type { Clients } from './clients';
import { type Resource, unlessAbsent } from './finding';

const keyNames = ['accessTokenKey', 'userContextKey'] as const;
const Keys = z.looseObject(Object.fromEntries(keyNames.map((name) => [name, z.string().min(40).optional()])));
const keyBytes = 32;

/** The signing keys: made at random where one is missing, and never changed once they exist. */
export function signingKeysResource(SecretId: string, { secrets }: Clients): Resource {
  const read = async () => {
    const answer = await unlessAbsent(
      secrets.send(new GetSecretValueCommand({ SecretId })),
      'ResourceNotFoundException',
    );
    return answer && Keys.parse(JSON.parse(answer.SecretString ?? '{}'));
  };
  const completed = (present: Record<string, unknown> = {}) =>
    JSON.stringify({
      ...Object.fromEntries(keyNames.map((name) => [name, randomBytes(keyBytes).toString('base64url')])),
      ...present,
    });

  return {
    name: `secret ${SecretId}`,
    exists: async () => (await read()) !== undefined,
    create: async () =>
      void (await secrets.send(new CreateSecretCommand({ Name: SecretId, SecretString: completed() }))),
    async differences() {
      const present = await read();
      const missing = keyNames.filter((name) => present?.[name] === undefined);
      if (missing.length === 0) return [];
      return [
        {
          setting: missing.join(' and '),
          correct: () => secrets.send(new PutSecretValueCommand({ SecretId, SecretString: completed(present) })),
        },
      ];
    },
  };
}
