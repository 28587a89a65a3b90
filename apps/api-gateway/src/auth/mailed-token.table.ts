import { Injectable } from '@nestjs/common';
import { ConditionFailed, Dynamo } from '@stocktool/aws-dynamodb';
import { Clock, Problem } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { hashesEqual, hashOf, newSecret, readSecret, writeSecret } from './secret-text';

const table = topology.tables.users.name;
const prefix = 'token#';
const liveAtMost = 5;
const livesSeconds = {
  'verify-email': 7 * 86_400,
  'reset-password': 3_600,
} as const;

export type MailedPurpose = keyof typeof livesSeconds;

export const StoredToken = z.object({
  purpose: z.enum(Object.keys(livesSeconds) as [MailedPurpose, ...MailedPurpose[]]),
  secretHash: z.string(),
  subject: z.string(),
  expiresAt: z.iso.datetime(),
});

export interface MailedSubject {
  readonly userId: string;
  readonly subject: string;
}

/** Secrets of mailed links, hashed: each works once, for one purpose, until it expires. */
@Injectable()
export class MailedTokenTable {
  constructor(
    private readonly dynamo: Dynamo,
    private readonly clock: Clock,
  ) {}

  /**
   * The text of a new token about the address `subject`. undefined when five of the purpose are alive:
   * nobody's mailbox can be flooded through us.
   */
  async issue(userId: string, purpose: MailedPurpose, subject: string): Promise<string | undefined> {
    if ((await this.living(userId, purpose)) >= liveAtMost) return undefined;
    const token = newSecret(userId, uuidv7());
    const expires = this.clock.epochSeconds() + livesSeconds[purpose];
    await this.dynamo.put({
      TableName: table,
      Item: {
        userId,
        itemId: prefix + token.rowId,
        purpose,
        subject,
        secretHash: hashOf(token),
        expiresAt: new Date(expires * 1000).toISOString(),
        ttl: expires,
      },
    });
    return writeSecret(token);
  }

  /** What a token is about, without using it. Throws `bad-token`. */
  async read(text: string, purpose: MailedPurpose): Promise<MailedSubject> {
    const { Key, subject } = await this.find(text, purpose);
    return { userId: Key.userId, subject };
  }

  /** The delete is the use: of two who present one token, one gets it. Throws `bad-token`. */
  async use(text: string, purpose: MailedPurpose): Promise<MailedSubject> {
    const { Key, subject } = await this.find(text, purpose);
    try {
      await this.dynamo.delete({ TableName: table, Key, ConditionExpression: 'attribute_exists(itemId)' });
    } catch (error) {
      if (error instanceof ConditionFailed) throw refused();
      throw error;
    }
    return { userId: Key.userId, subject };
  }

  private async find(text: string, purpose: MailedPurpose) {
    const token = readSecret(text);
    if (!token) throw refused();
    const Key = { userId: token.userId, itemId: prefix + token.rowId };
    const item = await this.dynamo.get({ TableName: table, Key, ConsistentRead: true });
    const row = item && StoredToken.parse(item);
    if (!row || row.purpose !== purpose || !hashesEqual(row.secretHash, hashOf(token))) throw refused();
    if (row.expiresAt <= this.clock.now().toISOString()) throw refused();
    return { Key, subject: row.subject };
  }

  private async living(userId: string, purpose: MailedPurpose): Promise<number> {
    const { items } = await this.dynamo.query({
      TableName: table,
      KeyConditionExpression: 'userId = :userId AND begins_with(itemId, :prefix)',
      ExpressionAttributeValues: { ':userId': userId, ':prefix': prefix },
    });
    const now = this.clock.now().toISOString();
    return items.map((item) => StoredToken.parse(item)).filter((row) => row.purpose === purpose && row.expiresAt > now)
      .length;
  }
}

const refused = () => new Problem('bad-token', 'The token is not valid, has expired or was used before.');
