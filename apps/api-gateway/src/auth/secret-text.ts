import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { parse as uuidBytes, stringify as uuidText } from 'uuid';

const secretLength = 32;
const idLength = 16;

/** What a refresh cookie, an API key and a mailed link carry: whose it is, which row, and 32 random bytes. */
export interface SecretText {
  readonly userId: string;
  readonly rowId: string;
  readonly secret: Buffer;
}

export const newSecret = (userId: string, rowId: string): SecretText => ({
  userId,
  rowId,
  secret: randomBytes(secretLength),
});

/** 32 random bytes need no slow hash: there is nothing to guess. */
export const hashOf = ({ secret }: SecretText): string => createHash('sha256').update(secret).digest('base64url');

export const hashesEqual = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

export const writeSecret = ({ userId, rowId, secret }: SecretText): string =>
  Buffer.concat([uuidBytes(userId), uuidBytes(rowId), secret]).toString('base64url');

/** undefined for whatever `writeSecret` did not write. */
export function readSecret(text: string): SecretText | undefined {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== 2 * idLength + secretLength || bytes.toString('base64url') !== text) return undefined;
  try {
    return {
      userId: uuidText(bytes.subarray(0, idLength)),
      rowId: uuidText(bytes.subarray(idLength, 2 * idLength)),
      secret: bytes.subarray(2 * idLength),
    };
  } catch {
    return undefined; // the bytes are no UUIDs
  }
}
