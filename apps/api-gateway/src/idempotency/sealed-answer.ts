import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
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
    const cipher = createCipheriv('aes-256-gcm', await this.key(), nonce).setAAD(Buffer.from(owner));
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), body]);
  }

  async open(sealed: Uint8Array, owner: string): Promise<string> {
    const bytes = Buffer.from(sealed);
    const decipher = createDecipheriv('aes-256-gcm', await this.key(), bytes.subarray(0, nonceLength))
      .setAAD(Buffer.from(owner))
      .setAuthTag(bytes.subarray(nonceLength, nonceLength + tagLength));
    return Buffer.concat([decipher.update(bytes.subarray(nonceLength + tagLength)), decipher.final()]).toString('utf8');
  }

  private async key(): Promise<Uint8Array> {
    return new Uint8Array(hkdfSync('sha256', await this.keys.accessTokenKey(), '', 'idempotency-answers', 32));
  }
}
