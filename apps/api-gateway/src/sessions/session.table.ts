import { Injectable } from '@nestjs/common';
import { ConditionFailed, decodeCursor, Dynamo, encodeCursor } from '@stocktool/aws-dynamodb';
import { Clock, Problem, type Page, type PageQuery, type SessionRow } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { hashOf, newSecret, readSecret, writeSecret } from '../auth/secret-text';

export const refreshTokenSeconds = 7 * 86_400;
const table = topology.tables.users.name;
const prefix = 'session#';
const userAgentKept = 200;
const liveAtMost = 50;
/** A browser's tabs wake up together: so long the cookie before the current one is refused and no more. */
const raceMs = 10_000;

export const StoredSession = z.object({
  userId: z.uuid(),
  itemId: z.string(),
  refreshHash: z.string(),
  previousHash: z.string().optional(),
  rotatedAtEpochMs: z.number().optional(),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  userAgent: z.string().nullable(),
  passwordProven: z.boolean().default(false),
});
type StoredSession = z.infer<typeof StoredSession>;

export interface OpenedSession {
  readonly userId: string;
  readonly sessionId: string;
  readonly refreshToken: string;
  /** Whether the account's password had been set by a mailed token when the session began. */
  readonly passwordProven: boolean;
}

/** Sessions: rows of a user with the hash of the one refresh token that works now. Expired rows count as gone. */
@Injectable()
export class SessionTable {
  constructor(
    private readonly dynamo: Dynamo,
    private readonly clock: Clock,
  ) {}

  async open(userId: string, userAgent: string | undefined, passwordProven: boolean): Promise<OpenedSession> {
    const token = newSecret(userId, uuidv7());
    const now = this.clock.now().toISOString();
    await this.dynamo.put({
      TableName: table,
      Item: {
        ...keyOf(userId, token.rowId),
        refreshHash: hashOf(token),
        createdAt: now,
        lastUsedAt: now,
        userAgent: userAgent?.slice(0, userAgentKept) ?? null,
        passwordProven,
        ...this.expiry(),
      },
    });
    await this.dropBeyondLimit(userId);
    return { userId, sessionId: token.rowId, refreshToken: writeSecret(token), passwordProven };
  }

  /** Ids sort by time: the oldest go. Rows are few, the store drops expired ones by itself. */
  private async dropBeyondLimit(userId: string): Promise<void> {
    const { items } = await this.dynamo.query({
      ...ownSessions(userId),
      ConsistentRead: true,
      ScanIndexForward: false,
    });
    const rows = items.map((item) => StoredSession.parse(item));
    await Promise.all(
      rows.slice(liveAtMost).map(({ itemId }) => this.dynamo.delete({ TableName: table, Key: { userId, itemId } })),
    );
  }

  /**
   * A new refresh token for the current one, by one conditional write: of two requests with the same cookie one wins. The
   * loser is refused and nothing else, when it shows the token that was replaced last, within ten seconds: two tabs woke up
   * together. Any other use of an old token means that two parties hold the family, and ends it.
   */
  async rotate(text: string): Promise<OpenedSession> {
    const shown = readSecret(text);
    if (!shown) throw signedOut();
    const { userId, rowId: sessionId } = shown;
    const next = newSecret(userId, sessionId);
    const { expiresAt, ttl } = this.expiry();
    try {
      const item = await this.dynamo.update({
        TableName: table,
        Key: keyOf(userId, sessionId),
        UpdateExpression:
          'SET refreshHash = :next, previousHash = :shown, rotatedAtEpochMs = :nowMs, lastUsedAt = :now, expiresAt = :expiresAt, #ttl = :ttl',
        ConditionExpression: 'refreshHash = :shown AND expiresAt > :now',
        ExpressionAttributeNames: { '#ttl': 'ttl' },
        ExpressionAttributeValues: {
          ':shown': hashOf(shown),
          ':next': hashOf(next),
          ':now': this.clock.now().toISOString(),
          ':nowMs': this.clock.epochMs(),
          ':expiresAt': expiresAt,
          ':ttl': ttl,
        },
        ReturnValues: 'ALL_NEW',
      });
      const { passwordProven } = StoredSession.parse(item);
      return { userId, sessionId, refreshToken: writeSecret(next), passwordProven };
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
      if (error.item) await this.judgeRefused(StoredSession.parse(error.item), hashOf(shown));
      throw signedOut();
    }
  }

  private async judgeRefused(row: StoredSession, shownHash: string): Promise<void> {
    const racing = row.previousHash === shownHash && this.clock.epochMs() - (row.rotatedAtEpochMs ?? 0) <= raceMs;
    if (racing) return;
    await this.dynamo.delete({ TableName: table, Key: { userId: row.userId, itemId: row.itemId } });
  }

  /** Signing out with the current token ends the session; with any other nothing happens. */
  async close(text: string): Promise<string | undefined> {
    const shown = readSecret(text);
    if (!shown) return undefined;
    try {
      await this.dynamo.delete({
        TableName: table,
        Key: keyOf(shown.userId, shown.rowId),
        ConditionExpression: 'refreshHash = :shown',
        ExpressionAttributeValues: { ':shown': hashOf(shown) },
      });
      return shown.rowId;
    } catch (error) {
      if (error instanceof ConditionFailed) return undefined;
      throw error;
    }
  }

  /** When it was signed in, by which refreshing changes nothing; undefined when it is over. */
  async begunAtEpochMs(userId: string, sessionId: string): Promise<number | undefined> {
    const item = await this.dynamo.get({ TableName: table, Key: keyOf(userId, sessionId), ConsistentRead: true });
    const row = item && StoredSession.parse(item);
    return row && this.alive(row) ? Date.parse(row.createdAt) : undefined;
  }

  async isLive(userId: string, sessionId: string): Promise<boolean> {
    return (await this.begunAtEpochMs(userId, sessionId)) !== undefined;
  }

  /** Own sessions, newest first. */
  async list(userId: string, currentId: string | undefined, { limit, cursor }: PageQuery): Promise<Page<SessionRow>> {
    const { items, lastKey } = await this.dynamo.query({
      ...ownSessions(userId),
      ScanIndexForward: false,
      Limit: limit,
      ...(cursor !== undefined && { ExclusiveStartKey: decodeCursor(cursor, (key) => isOwnSession(key, userId)) }),
    });
    return {
      items: items
        .map((item) => StoredSession.parse(item))
        .filter((row) => this.alive(row))
        .map(({ itemId, createdAt, lastUsedAt, expiresAt, userAgent }) => {
          const id = itemId.slice(prefix.length);
          return { id, createdAt, lastUsedAt, expiresAt, userAgent, current: id === currentId };
        }),
      nextCursor: lastKey ? encodeCursor(lastKey) : null,
    };
  }

  async revoke(userId: string, sessionId: string): Promise<void> {
    try {
      await this.dynamo.delete({
        TableName: table,
        Key: keyOf(userId, sessionId),
        ConditionExpression: 'attribute_exists(itemId)',
      });
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
      throw new Problem('session-not-found', `There is no session ${sessionId}.`);
    }
  }

  async revokeAll(userId: string): Promise<void> {
    let from: Record<string, unknown> | undefined;
    do {
      const { items, lastKey } = await this.dynamo.query({
        ...ownSessions(userId),
        ...(from && { ExclusiveStartKey: from }),
      });
      const keys = items.map((item) => StoredSession.parse(item)).map(({ itemId }) => ({ userId, itemId }));
      await Promise.all(keys.map((Key) => this.dynamo.delete({ TableName: table, Key })));
      from = lastKey;
    } while (from);
  }

  private alive({ expiresAt }: StoredSession): boolean {
    return expiresAt > this.clock.now().toISOString();
  }

  private expiry() {
    const ttl = this.clock.epochSeconds() + refreshTokenSeconds;
    return { ttl, expiresAt: new Date(ttl * 1000).toISOString() };
  }
}

const keyOf = (userId: string, sessionId: string) => ({ userId, itemId: prefix + sessionId });

const ownSessions = (userId: string) => ({
  TableName: table,
  KeyConditionExpression: 'userId = :userId AND begins_with(itemId, :prefix)',
  ExpressionAttributeValues: { ':userId': userId, ':prefix': prefix },
});

const isOwnSession = (key: Readonly<Record<string, unknown>>, userId: string): boolean =>
  key['userId'] === userId && String(key['itemId']).startsWith(prefix);

const signedOut = () => new Problem('unauthenticated', 'The session has ended. Sign in again.');
