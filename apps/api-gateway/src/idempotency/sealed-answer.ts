import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { SigningKey } from '@stocktool/aws-secrets';
import { SigningKeys } from '../auth/signing-keys';

const nonceLength = 12;
const tagLength = 16;

/**
 * Answers are kept encrypted (AES-256-GCM): some hold what is shown once (an API key, a webhook secret) and must not lie
 * readable in a table. Bound to user and key, so that a row cannot be passed off as another's.
 */
@Injectable()
export class SealedAnswers {
  constructor(private readonly keys: SigningKeys) {}

  async seal(text: string, owner: string): Promise<Uint8Array> {
    const nonce = randomBytes(nonceLength);
    const { signing } = await this.keys.accessTokenKeys();
    const cipher = createCipheriv('aes-256-gcm', derived(signing), nonce).setAAD(Buffer.from(owner));
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), body]);
  }

  /** By whichever of the keys it was sealed with; only that one opens it. */
  async open(sealed: Uint8Array, owner: string): Promise<string> {
    const failures: unknown[] = [];
    for (const key of (await this.keys.accessTokenKeys()).verifying()) {
      try {
        return openedBy(key, Buffer.from(sealed), owner);
      } catch (error) {
        failures.push(error);
      }
    }
    throw new AggregateError(failures, 'no key opens a sealed answer');
  }
}

function openedBy(key: SigningKey, bytes: Buffer, owner: string): string {
  const decipher = createDecipheriv('aes-256-gcm', derived(key), bytes.subarray(0, nonceLength))
    .setAAD(Buffer.from(owner))
    .setAuthTag(bytes.subarray(nonceLength, nonceLength + tagLength));
  return Buffer.concat([decipher.update(bytes.subarray(nonceLength + tagLength)), decipher.final()]).toString('utf8');
}

const derived = ({ key }: SigningKey): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', key, '', 'idempotency-answers', 32));
