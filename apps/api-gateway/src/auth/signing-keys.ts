import { Injectable } from '@nestjs/common';
import { KeySet, Secrets } from '@stocktool/aws-secrets';
import { topology } from '@stocktool/topology';
import { z } from 'zod';

const ApiKeys = z.object({ accessTokenKey: KeySet });
const UserContextKeys = z.object({ userContextKey: KeySet });
const { apiKeys, userContext } = topology.secrets;

/** The keys that this service signs with. The secrets' own cache lets a rotated one arrive without a restart. */
@Injectable()
export class SigningKeys {
  constructor(private readonly secrets: Secrets) {}

  async accessTokenKeys(): Promise<KeySet> {
    return (await this.secrets.get(apiKeys.name, ApiKeys)).accessTokenKey;
  }

  async userContextKeys(): Promise<KeySet> {
    return (await this.secrets.get(userContext.name, UserContextKeys)).userContextKey;
  }
}
