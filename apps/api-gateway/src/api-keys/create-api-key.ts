import { Injectable } from '@nestjs/common';
import { ApiKeyCreated, Problem, type ApiKeyRequest } from '@stocktool/contracts';
import type { Caller } from '../access/access';
import { hashOf, newSecret, writeSecret } from '../auth/secret-text';
import { Idempotency } from '../idempotency/idempotency';
import { apiKeyPrefix } from './api-key-check';
import { ApiKeyTable } from './api-key.table';

@Injectable()
export class CreateApiKey {
  constructor(
    private readonly keys: ApiKeyTable,
    private readonly once: Idempotency,
  ) {}

  /** The key is in this answer only. A key cannot make one that may do more than itself. */
  run(caller: Caller, request: ApiKeyRequest, idempotencyKey: string | undefined): Promise<ApiKeyCreated> {
    const beyond = request.scopes.filter((scope) => !caller.scopes.includes(scope));
    if (beyond.length > 0) throw new Problem('forbidden', `This key cannot give the scope ${beyond.join(', ')}.`);
    // A key outlives the moment: one with this scope would become an administrator's when its account does.
    if (request.scopes.includes('admin') && !caller.roles.includes('admin'))
      throw new Problem('forbidden', 'The scope `admin` needs the role `admin`.');
    const operation = { operation: 'create-api-key', request };
    return this.once.perKey(caller.userId, idempotencyKey, operation, ApiKeyCreated, async (id) => {
      const secret = newSecret(caller.userId, id);
      const row = await this.keys.create(caller.userId, id, hashOf(secret), request);
      return { ...row, key: apiKeyPrefix + writeSecret(secret) };
    });
  }
}
