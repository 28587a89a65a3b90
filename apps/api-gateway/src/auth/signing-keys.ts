import { Injectable } from '@nestjs/common';
import { Secrets } from '@stocktool/aws-secrets';
import { topology } from '@stocktool/topology';
import { createSecretKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';

const key = z
  .string()
  .transform((text) => Buffer.from(text, 'base64url'))
  .refine((bytes) => bytes.length >= 32, 'at least 32 bytes');
const ApiKeys = z.object({ accessTokenKey: key });
const UserContextKeys = z.object({ userContextKey: key });
const { apiKeys, userContext } = topology.secrets;

/** The keys that this service signs with. The secrets' own cache lets a rotated one arrive without a restart. */
@Injectable()
export class SigningKeys {
  constructor(private readonly secrets: Secrets) {}

  async accessTokenKey(): Promise<KeyObject> {
    return createSecretKey((await this.secrets.get(apiKeys.name, ApiKeys)).accessTokenKey);
  }

  async userContextKey(): Promise<KeyObject> {
    return createSecretKey((await this.secrets.get(userContext.name, UserContextKeys)).userContextKey);
  }
}
