import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Problem } from '@stocktool/contracts';
import { LRUCache } from 'lru-cache';
import type { Caller } from '../access/access';
import { AccountTable } from '../auth/account.table';
import { hashesEqual, hashOf, readSecret, type SecretText } from '../auth/secret-text';
import { ApiKeyTable } from './api-key.table';

export const apiKeyPrefix = 'stk_';
const rememberedMs = 30_000;
const rememberedAtMost = 10_000;

/** Who holds an API key. Good answers are kept for 30 s a process: that long a revoked key may live on elsewhere. */
@Injectable()
export class ApiKeyCheck {
  private readonly known = new LRUCache<string, Caller>({ max: rememberedAtMost, ttl: rememberedMs });

  constructor(
    private readonly keys: ApiKeyTable,
    private readonly accounts: AccountTable,
  ) {}

  remembered(text: string): Caller | undefined {
    return this.known.get(nameOf(text));
  }

  async identify(text: string): Promise<Caller> {
    const name = nameOf(text);
    const known = this.known.get(name);
    if (known) return known;
    const key = text.startsWith(apiKeyPrefix) ? readSecret(text.slice(apiKeyPrefix.length)) : undefined;
    const caller = key && (await this.lookUp(key));
    if (!caller) throw new Problem('unauthenticated', 'The API key is not valid.');
    this.known.set(name, caller);
    return caller;
  }

  forget(keyId: string): void {
    for (const [name, { credentialId }] of this.known) if (credentialId === keyId) this.known.delete(name);
  }

  forgetAll(userId: string): void {
    for (const [name, caller] of this.known) if (caller.userId === userId) this.known.delete(name);
  }

  private async lookUp(key: SecretText): Promise<Caller | undefined> {
    const { userId, rowId } = key;
    const [row, account] = await Promise.all([this.keys.find(userId, rowId), this.accounts.byId(userId)]);
    if (!row || !account || !hashesEqual(row.secretHash, hashOf(key))) return undefined;
    return { userId, roles: this.accounts.rolesOf(account), scopes: row.scopes, credentialId: rowId };
  }
}

/** Keys are not kept in the clear. */
const nameOf = (text: string): string => hash('sha256', text, 'base64url');
