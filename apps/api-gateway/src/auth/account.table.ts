import { Injectable } from '@nestjs/common';
import { ConditionFailed, Dynamo, TransactionCanceled } from '@stocktool/aws-dynamodb';
import { Clock, Problem, type Account, type Role } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { GatewayConfig } from '../config';

const table = topology.tables.users.name;
export const accountItemId = 'account';
export const emailKey = (email: string) => ({ userId: `email#${email}`, itemId: accountItemId });

export const StoredAccount = z.object({
  userId: z.uuid(),
  email: z.string(),
  emailVerified: z.boolean(),
  /** Its password was set by a mailed token: whoever knows it had the mailbox. */
  passwordProven: z.boolean().default(false),
  name: z.string().nullable(),
  passwordHash: z.string(),
  createdAt: z.iso.datetime(),
});
export type StoredAccount = z.infer<typeof StoredAccount>;
export const EmailRow = z.object({ ownerId: z.uuid() });

/** Accounts, and one row per e-mail address that makes it belong to one of them. */
@Injectable()
export class AccountTable {
  constructor(
    private readonly dynamo: Dynamo,
    private readonly clock: Clock,
    private readonly config: GatewayConfig,
  ) {}

  /** Account and address are written together or not at all: of two who register one address, one gets `email-taken`. */
  async register(email: string, passwordHash: string, name: string | null): Promise<StoredAccount> {
    const createdAt = this.clock.now().toISOString();
    const account: StoredAccount = {
      userId: uuidv7(),
      email,
      emailVerified: false,
      passwordProven: false,
      name,
      passwordHash,
      createdAt,
    };
    const isNew = { TableName: table, ConditionExpression: 'attribute_not_exists(userId)' };
    try {
      await this.dynamo.transactWrite([
        { Put: { ...isNew, Item: { ...emailKey(email), ownerId: account.userId, createdAt } } },
        { Put: { ...isNew, Item: { ...account, itemId: accountItemId } } },
      ]);
    } catch (cause) {
      if (!(cause instanceof TransactionCanceled)) throw cause;
      const taken = cause.reasons.some(({ code }) => code === 'ConditionalCheckFailed');
      if (taken) throw new Problem('email-taken', 'There is an account with this e-mail address.', { cause });
      // Two at once, neither of which may have won.
      throw new Problem('dependency-unavailable', 'Try again in a moment.', { cause, retryAfterSeconds: 1 });
    }
    return account;
  }

  /** One that is being erased is gone already. */
  async byId(userId: string): Promise<StoredAccount | undefined> {
    const item = await this.dynamo.get({
      TableName: table,
      Key: { userId, itemId: accountItemId },
      ConsistentRead: true,
    });
    return item && item['erasingSince'] === undefined ? StoredAccount.parse(item) : undefined;
  }

  async byEmail(email: string): Promise<StoredAccount | undefined> {
    const item = await this.dynamo.get({ TableName: table, Key: emailKey(email), ConsistentRead: true });
    return item && this.byId(EmailRow.parse(item).ownerId);
  }

  /** False when the account has another address by now. */
  markVerified(userId: string, email: string): Promise<boolean> {
    return this.change(userId, email, { emailVerified: true });
  }

  /** A mailed token proves the address as well as a verification does. */
  setPassword(userId: string, email: string, passwordHash: string): Promise<boolean> {
    return this.change(userId, email, { emailVerified: true, passwordProven: true, passwordHash });
  }

  private async change(userId: string, email: string, set: Record<string, unknown>): Promise<boolean> {
    const names = Object.keys(set);
    try {
      await this.dynamo.update({
        TableName: table,
        Key: { userId, itemId: accountItemId },
        UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
        ConditionExpression: '#email = :email AND attribute_not_exists(erasingSince)',
        ExpressionAttributeNames: { '#email': 'email', ...Object.fromEntries(names.map((name) => [`#${name}`, name])) },
        ExpressionAttributeValues: {
          ':email': email,
          ...Object.fromEntries(names.map((name) => [`:${name}`, set[name]])),
        },
      });
      return true;
    } catch (error) {
      if (error instanceof ConditionFailed) return false;
      throw error;
    }
  }

  isAdminAddress(email: string): boolean {
    return this.config.adminEmails.has(email);
  }

  /**
   * An administrator is whoever set the password of one of the configured addresses by a token mailed to it. Never the first
   * to come: a stranger may have registered the address, and its owner may have clicked that stranger's verification mail.
   */
  rolesOf({ email, passwordProven }: StoredAccount): Role[] {
    return passwordProven && this.isAdminAddress(email) ? ['user', 'admin'] : ['user'];
  }

  /** What the user sees of it. */
  shown(account: StoredAccount): Account {
    const { userId, email, emailVerified, name } = account;
    return { id: userId, email, emailVerified, name, roles: this.rolesOf(account) };
  }
}
