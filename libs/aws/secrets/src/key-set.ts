import { createHash, createSecretKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';

const fewestBytes = 32;
/** The one that signs, one to come, one that goes, and room for a rotation that was not finished. */
const keysAtMost = 4;

export interface SigningKey {
  /** Goes into a token's header as `kid`; says nothing about the key. */
  readonly id: string;
  readonly key: KeyObject;
}

const Key = z
  .string()
  .transform((text) => Buffer.from(text, 'base64url'))
  .refine((bytes) => bytes.length >= fewestBytes, `at least ${fewestBytes} bytes`)
  .transform((bytes): SigningKey => ({
    id: createHash('sha256').update(bytes).digest('base64url').slice(0, 11),
    key: createSecretKey(bytes),
  }));

/**
 * Keys of 32 bytes or more in base64url: one, or a list of which the first signs and all verify. That way a key can be replaced
 * while processes that know of it earlier and later talk to each other.
 */
export const KeySet = z
  .union([Key.transform((key) => [key]), z.array(Key).min(1).max(keysAtMost)])
  .transform(([signing, ...others]) => new Keys(signing!, others));
export type KeySet = z.output<typeof KeySet>;

class Keys {
  constructor(
    readonly signing: SigningKey,
    private readonly others: readonly SigningKey[],
  ) {}

  /** Those that may have signed: the one of that id, or all where no id is given. */
  verifying(id?: string): readonly SigningKey[] {
    const all = [this.signing, ...this.others];
    return id === undefined ? all : all.filter((key) => key.id === id);
  }
}
