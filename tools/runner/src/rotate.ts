import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { secretKeptSeconds, topology, type SecretSpec } from '@stocktool/topology';
import { z } from 'zod';
import { Failure } from './failure';

type Keys = readonly string[];

/** One key is kept as a text, as it was made; several as a list, of which the first signs. */
const Secret = z.record(z.string(), z.union([z.string().transform((key) => [key]), z.array(z.string())]));
const keyBytes = 32;
/** Clocks of different machines. */
const clocksApartSeconds = 60;

interface Step {
  readonly change: (keys: Keys) => Keys;
  /** How long after the step before, in seconds, nobody loses anything by this one. */
  readonly afterSeconds: (secret: SecretSpec) => number;
}

const steps: Readonly<Record<string, Step>> = {
  /** The next key is believed, and signs nothing yet. */
  add: {
    change(keys) {
      if (keys.length > 1) throw new Failure('A rotation is under way already: go on with switch or retire.');
      return [...keys, randomBytes(keyBytes).toString('base64url')];
    },
    afterSeconds: () => 0,
  },
  /** The next key signs, the one before is still believed. Every process must believe the next one by now. */
  switch: {
    change(keys) {
      if (keys.length < 2) throw new Failure('There is no next key: begin with add.');
      return [...keys.slice(1), ...keys.slice(0, 1)];
    },
    afterSeconds: () => secretKeptSeconds + clocksApartSeconds,
  },
  /** Only the key that signs is believed. The last process that signed with the other one, and all that it signed, must be done. */
  retire: {
    change(keys) {
      if (keys.length < 2) throw new Failure('There is no key to retire.');
      return keys.slice(0, 1);
    },
    afterSeconds: ({ signedForSeconds = 0 }) => secretKeptSeconds + signedForSeconds + clocksApartSeconds,
  },
};

/** What is given to us is changed by whoever gave it. */
const rotated = new Map<string, SecretSpec>(
  Object.entries<SecretSpec>(topology.secrets).filter(([, { kind }]) => kind === 'made'),
);
const usage = `npm run rotate -- <${[...rotated.keys()].join('|')}> <${Object.keys(steps).join('|')}> [--force --reason <text>]`;

/** A step that would sign somebody out, or be refused by a process that does not know of the step before yet. */
export class TooEarly extends Failure {
  override name = 'TooEarly';

  constructor(
    step: string,
    readonly allowedAt: Date,
  ) {
    super(
      `Too early: ${step} is allowed from ${allowedAt.toISOString()} on. Until then some process or token goes by the step before. ` +
        'When the key has been seen by somebody: --force --reason <text>.',
    );
  }
}

/**
 * `npm run rotate`: one step in the rotation of a secret's signing keys, in the account that the environment names. Keys are made
 * here and never shown. Throws TooEarly before the step before has come to its end everywhere; the secret's own time of change counts.
 */
export async function rotate(arguments_: readonly string[], now: () => number = Date.now): Promise<number> {
  const { positionals, values } = parseArgs({
    args: [...arguments_],
    allowPositionals: true,
    options: { force: { type: 'boolean', default: false }, reason: { type: 'string' } },
  });
  const [id = '', name = ''] = positionals;
  const step = Object.hasOwn(steps, name) ? steps[name] : undefined;
  const spec = rotated.get(id);
  if (step === undefined || spec === undefined) throw new Failure(usage);
  const reason = values.reason?.trim() ?? '';
  if (values.force !== reason.length > 0)
    throw new Failure('--force needs --reason <text>, and a reason is for --force.');

  const SecretId = spec.name;
  const client = new SecretsManagerClient({ maxAttempts: 5 });
  try {
    const { SecretString = '', CreatedDate } = await client.send(new GetSecretValueCommand({ SecretId }));
    const secret = Secret.parse(JSON.parse(SecretString));
    const changed = Object.entries(secret).map(([key, keys]) => [key, step.change(keys)] as const);
    const allowedAt = new Date((CreatedDate?.getTime() ?? now()) + step.afterSeconds(spec) * 1000);
    if (now() < allowedAt.getTime()) {
      if (!values.force) throw new TooEarly(name, allowedAt);
      console.log(`Forced before ${allowedAt.toISOString()}: ${reason}`);
    }
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
