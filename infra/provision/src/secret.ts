import { randomBytes } from 'node:crypto';
import { CreateSecretCommand, GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import type { SecretSpec } from '@stocktool/topology';
import type { Clients } from './clients';
import { type Resource, unlessAbsent } from './finding';

const Secret = z.looseObject({});
const shortestKey = 40;
const keyBytes = 32;

/** Keys that are made: at random where one is missing. Those that people give: empty until then. None is changed once it exists. */
export function secretResource({ name: SecretId, kind, keys }: SecretSpec, { secrets }: Clients): Resource {
  const read = async () => {
    const answer = await unlessAbsent(
      secrets.send(new GetSecretValueCommand({ SecretId })),
      'ResourceNotFoundException',
    );
    return answer && Secret.parse(JSON.parse(answer.SecretString ?? '{}'));
  };
  const made = kind === 'made';
  const initial = () => (made ? randomBytes(keyBytes).toString('base64url') : '');
  const isThere = made ? isKey : isText;
  const completed = (present: Record<string, unknown> = {}) =>
    JSON.stringify({
      ...Object.fromEntries(keys.map((name) => [name, initial()])),
      ...present,
    });

  return {
    name: `secret ${SecretId}`,
    exists: async () => (await read()) !== undefined,
    create: async () =>
      void (await secrets.send(new CreateSecretCommand({ Name: SecretId, SecretString: completed() }))),
    async differences() {
      const present = await read();
      const missing = keys.filter((name) => !isThere(present?.[name]));
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

/** One key, or during a rotation several. */
const isKey = (value: unknown): boolean =>
  [value].flat().every((key) => typeof key === 'string' && key.length >= shortestKey) && [value].flat().length > 0;

const isText = (value: unknown): boolean => typeof value === 'string';
