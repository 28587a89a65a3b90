import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { asProblem, type Calls, patiently } from '@stocktool/aws-client';
import { type Clock, parseJson, systemClock } from '@stocktool/contracts';
import { secretKeptSeconds } from '@stocktool/topology';
import { z } from 'zod';

const keptMs = secretKeptSeconds * 1000;
const keptSecrets = 50;

interface Kept {
  readonly text: Promise<string>;
  readonly untilEpochMs: number;
}

/** Secrets Manager with a memory of five minutes: a rotated secret is in use that soon. */
export class Secrets {
  private readonly kept = new Map<string, Kept>();

  constructor(
    private readonly client: SecretsManagerClient,
    private readonly clock: Clock = systemClock,
    private readonly calls: Calls = patiently,
  ) {}

  /** The JSON secret of that name. Errors name what is wrong with it, never a value. */
  async get<Schema extends z.ZodType>(name: string, schema: Schema): Promise<z.output<Schema>> {
    const text = await this.text(name);
    try {
      return parseJson(schema, text);
    } catch (error) {
      const faults = error instanceof z.ZodError ? error.issues.map(fault).join(', ') : 'not JSON';
      // Without the cause: a parser's message quotes the text.
      throw new Error(`Secret ${name} is not as expected: ${faults}`);
    }
  }

  private text(name: string): Promise<string> {
    const now = this.clock.epochMs();
    const known = this.kept.get(name);
    if (known && known.untilEpochMs > now) return known.text;
    const kept = { text: this.fetch(name), untilEpochMs: now + keptMs };
    this.kept.delete(name);
    this.kept.set(name, kept);
    const oldest = this.kept.keys().next().value;
    if (this.kept.size > keptSecrets && oldest !== undefined) this.kept.delete(oldest);
    kept.text.catch(() => {
      if (this.kept.get(name) === kept) this.kept.delete(name);
    });
    return kept.text;
  }

  private async fetch(name: string): Promise<string> {
    try {
      const command = new GetSecretValueCommand({ SecretId: name });
      const { SecretString } = await this.calls((options) => this.client.send(command, options));
      if (SecretString === undefined) throw new Error(`Secret ${name} holds bytes, not text`);
      return SecretString;
    } catch (error) {
      throw asProblem(error, 'The secret store');
    }
  }
}

const fault = ({ path, code }: z.core.$ZodIssue): string => `${path.join('.')} (${code})`;
