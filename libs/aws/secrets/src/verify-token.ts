import { decodeProtectedHeader, errors, jwtVerify, type JWTPayload, type JWTVerifyOptions } from 'jose';
import type { KeySet } from './key-set';

/** Checks an HS256 token by whichever key of the set it names, or by each in turn where it names none. Rejects with jose's errors. */
export async function verifyToken(
  token: string,
  keys: KeySet,
  options: Omit<JWTVerifyOptions, 'algorithms'>,
): Promise<JWTPayload> {
  const { kid } = decodeProtectedHeader(token);
  for (const { key } of keys.verifying(kid)) {
    try {
      return (await jwtVerify(token, key, { ...options, algorithms: ['HS256'] })).payload;
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
    }
  }
  throw new errors.JWSSignatureVerificationFailed();
}
