import { randomBytes } from 'node:crypto';
import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { topology } from '@stocktool/topology';
import { z } from 'zod';
import { Failure } from './failure';

type Keys = readonly string[];

/** One key is kept as a text, as it was made; several as a list, of which the first signs. */
const Secret = z.record(z.string(), z.union([z.string().transform((key) => [key]), z.array(z.string())]));
const keyBytes = 32;

const steps: Readonly<Record<string, (keys: Keys) => Keys>> = {
  /** The next key is believed, and signs nothing yet. */
  add(keys) {
    if (keys.length > 1) throw new Failure('A rotation is under way already: go on with switch or retire.');
    return [...keys, randomBytes(keyBytes).toString('base64url')];
  },
  /** The next key signs, the one before is still believed. */
  switch(keys) {
    if (keys.length < 2) throw new Failure('There is no next key: begin with add.');
    return [...keys.slice(1), ...keys.slice(0, 1)];
  },
  /** Only the key that signs is believed. */
  retire(keys) {
    if (keys.length < 2) throw new Failure('There is no key to retire.');
    return keys.slice(0, 1);
  },
};

/** What is given to us is changed by whoever gave it. */
const rotated = new Map<string, string>(
  Object.entries(topology.secrets)
    .filter(([, { kind }]) => kind === 'made')
    .map(([id, { name }]) => [id, name]),
);

/**
 * `npm run rotate`: one step in the rotation of a secret's signing keys, in the account that the environment names. Keys are made
 * here and never shown.
 */
export async function rotate([id = '', name = '']: readonly string[]): Promise<number> {
  const step = Object.hasOwn(steps, name) ? steps[name] : undefined;
  const SecretId = rotated.get(id);
  if (step === undefined || SecretId === undefined)
    throw new Failure(`npm run rotate -- <${[...rotated.keys()].join('|')}> <${Object.keys(steps).join('|')}>`);
  const client = new SecretsManagerClient({ maxAttempts: 5 });
  try {
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId }));
    const secret = Secret.parse(JSON.parse(SecretString));
    const changed = Object.entries(secret).map(([key, keys]) => [key, step(keys)] as const);
    const text = JSON.stringify(
      Object.fromEntries(changed.map(([key, keys]) => [key, keys.length === 1 ? keys[0] : keys])),
    );
    await client.send(new PutSecretValueCommand({ SecretId, SecretString: text }));
    for (const [key, { length }] of changed)
      console.log(`${SecretId} ${key}: ${length} ${length === 1 ? 'key' : 'keys'}`);
    return 0;
  } finally {
    client.destroy();
  }
}
