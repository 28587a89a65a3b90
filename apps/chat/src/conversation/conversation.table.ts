import {
  ConditionFailed,
  decodeCursor,
  Dynamo,
  encodeCursor,
  TransactionCanceled,
  type Item,
} from '@stocktool/aws-dynamodb';
import {
  Clock,
  Problem,
  type Conversation,
  type ConversationSummary,
  type Page,
  type PageQuery,
} from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import {
  conversationLifeSeconds,
  messageKeys,
  messageLifeSeconds,
  messagePut,
  messagesAfter,
  pointerPut,
  shown,
} from './conversation-items';
import { beingWritten, notFound, transact } from './conversation-writes';
import {
  AnswerPointer,
  answersOf,
  HeaderRow,
  headerTimestamp,
  messageOf,
  MessageRow,
  summaryOf,
  type NewMessage,
} from './conversation-rows';

/** The key of the table and of its user-index. */
const listKey = ['conversationId', 'timestamp', 'userId', 'lastMessageAt'];
const overtakingsAtMost = 20;
const pagesAtMost = 20;
const updatesAtOnce = 8;

export interface RecentConversation {
  readonly header: HeaderRow;
  /** Oldest first. */
  readonly messages: readonly MessageRow[];
}

/**
 * A conversation is a header item and one item per message. Header and message are written in one transaction, so a message
 * never belongs to nobody and a header never promises a message that is not there.
 */
export class ConversationTable {
  constructor(
    private readonly dynamo: Dynamo,
    private readonly clock: Clock,
    private readonly table: string = topology.tables.conversations.name,
  ) {}

  /** Header and last messages, read side by side: one round trip before a model is asked. */
  async recent(userId: string, conversationId: string, limit: number): Promise<RecentConversation> {
    const [header, { items }] = await Promise.all([
      this.header(userId, conversationId),
      this.dynamo.query({ ...messagesAfter(this.table, conversationId), ScanIndexForward: false, Limit: limit }),
    ]);
    return { header, messages: items.map((item) => MessageRow.parse(item)).reverse() };
  }

  /** The first message makes the conversation. */
  async begin(userId: string, conversationId: string, title: string, message: NewMessage): Promise<void> {
    const now = this.clock.now();
    const ttl = this.clock.epochSeconds() + conversationLifeSeconds;
    const header: HeaderRow = {
      conversationId,
      userId,
      title,
      createdAt: now.toISOString(),
      lastMessageAt: now.toISOString(),
      ttl,
      messagesKeptUntil: this.clock.epochSeconds() + messageLifeSeconds,
    };
    await transact(this.dynamo, conversationId, [
      {
        Put: {
          TableName: this.table,
          Item: { timestamp: headerTimestamp, ...header },
          ConditionExpression: 'attribute_not_exists(conversationId)',
        },
      },
      { Put: messagePut(this.table, conversationId, message, now) },
    ]);
  }

  /**
   * Adds a message and moves the expiry. Problem `conversation-not-found` when the conversation has expired, was deleted or
   * is another's: what was deleted stays deleted. A message is later than the one before it, whatever the clocks of the two
   * processes say.
   */
  async append(userId: string, conversationId: string, message: NewMessage): Promise<void> {
    const nowSeconds = this.clock.epochSeconds();
    const ttl = nowSeconds + conversationLifeSeconds;
    const writes = (at: Date) => [
      {
        Update: {
          TableName: this.table,
          Key: { conversationId, timestamp: headerTimestamp },
          UpdateExpression: 'SET lastMessageAt = :now, #ttl = :ttl',
          ConditionExpression:
            'userId = :userId AND #ttl > :nowSeconds AND attribute_not_exists(deletedAt) AND lastMessageAt < :now',
          ExpressionAttributeNames: { '#ttl': 'ttl' },
          ExpressionAttributeValues: {
            ':now': at.toISOString(),
            ':ttl': ttl,
            ':userId': userId,
            ':nowSeconds': nowSeconds,
          },
        },
      },
      { Put: messagePut(this.table, conversationId, message, at) },
      ...(message.role === 'assistant'
        ? [{ Put: pointerPut(this.table, { userId, conversationId, messageId: message.messageId }, at) }]
        : []),
    ];
    let at = this.clock.now();
    for (let attempt = 1; ; attempt++) {
      try {
        return await transact(this.dynamo, conversationId, writes(at));
      } catch (error) {
        const last = this.lastMessageIn(error, userId);
        if (last === undefined || last < at) throw error;
        if (attempt >= overtakingsAtMost) throw beingWritten(error);
        at = new Date(last.getTime() + 1);
      }
    }
  }

  /**
   * Called with the header as last read: once a day, a conversation that goes on gets its old messages' ttl moved. A crash in
   * between leaves the mark unmoved and the next message does it again.
   */
  async keepMessages({ conversationId, userId, messagesKeptUntil }: HeaderRow): Promise<void> {
    const nowSeconds = this.clock.epochSeconds();
    if (messagesKeptUntil > nowSeconds + conversationLifeSeconds) return;
    const keptUntil = nowSeconds + messageLifeSeconds;
    const keys = await messageKeys(this.dynamo, { table: this.table, userId, conversationId });
    for (let start = 0; start < keys.length; start += updatesAtOnce) {
      await Promise.all(keys.slice(start, start + updatesAtOnce).map((key) => this.prolong(key, keptUntil)));
    }
    await this.unlessGone(() =>
      this.dynamo.update({
        TableName: this.table,
        Key: { conversationId, timestamp: headerTimestamp },
        UpdateExpression: 'SET messagesKeptUntil = :until',
        ConditionExpression: 'userId = :userId',
        ExpressionAttributeValues: { ':until': keptUntil, ':userId': userId },
      }),
    );
  }

  /** Own conversations, newest first. The key itself leaves out what has expired: life is counted from the last message. */
  async list(userId: string, { limit, cursor }: PageQuery): Promise<Page<ConversationSummary>> {
    const aliveSince = new Date(this.clock.epochMs() - conversationLifeSeconds * 1000).toISOString();
    const { items, lastKey } = await this.dynamo.query({
      TableName: this.table,
      IndexName: 'user-index',
      KeyConditionExpression: 'userId = :userId AND lastMessageAt > :aliveSince',
      ExpressionAttributeValues: { ':userId': userId, ':aliveSince': aliveSince },
      ScanIndexForward: false,
      Limit: limit,
      ...(cursor !== undefined && {
        ExclusiveStartKey: decodeCursor(cursor, (key) => key['userId'] === userId, listKey),
      }),
    });
    const headers = items.map((item) => HeaderRow.parse(item)).filter(({ deletedAt }) => deletedAt === undefined);
    return { items: headers.map(summaryOf), nextCursor: lastKey ? encodeCursor(lastKey) : null };
  }

  async get(userId: string, conversationId: string): Promise<Conversation> {
    const header = await this.header(userId, conversationId);
    const messages: MessageRow[] = [];
    let ExclusiveStartKey: Item | undefined;
    for (let page = 0; page < pagesAtMost; page++) {
      const { items, lastKey } = await this.dynamo.query({
        ...messagesAfter(this.table, conversationId),
        ...shown,
        ExclusiveStartKey,
      });
      messages.push(...items.map((item) => MessageRow.parse(item)));
      if (!lastKey) break;
      ExclusiveStartKey = lastKey;
    }
    return { ...summaryOf(header), messages: messages.map(messageOf) };
  }

  /** An answer with all that is kept of how it was made. Problem `message-not-found` for what is not there or is another's. */
  async answer(userId: string, messageId: string): Promise<{ conversationId: string; row: MessageRow }> {
    const none = (cause?: unknown) => new Problem('message-not-found', `There is no answer ${messageId}.`, { cause });
    const pointer = await this.read({ conversationId: answersOf(userId), timestamp: messageId });
    if (!pointer) throw none();
    const { of: conversationId, at: timestamp } = AnswerPointer.parse(pointer);
    const header = this.header(userId, conversationId).catch((error: unknown) => {
      throw error instanceof Problem && error.code === 'conversation-not-found' ? none(error) : error;
    });
    const [row] = await Promise.all([this.read({ conversationId, timestamp }), header]);
    if (!row) throw none();
    return { conversationId, row: MessageRow.parse(row) };
  }

  /**
   * Marks the header first, so that nobody reads or adds any more, removes the messages, then the header. A crash in between
   * leaves the mark; deleting again, or the ttl, does the rest.
   */
  async delete(userId: string, conversationId: string): Promise<void> {
    const Key = { conversationId, timestamp: headerTimestamp };
    try {
      await this.dynamo.update({
        TableName: this.table,
        Key,
        UpdateExpression: 'SET deletedAt = if_not_exists(deletedAt, :now)',
        ConditionExpression: 'userId = :userId AND #ttl > :nowSeconds',
        ExpressionAttributeNames: { '#ttl': 'ttl' },
        ExpressionAttributeValues: {
          ':now': this.clock.now().toISOString(),
          ':userId': userId,
          ':nowSeconds': this.clock.epochSeconds(),
        },
      });
    } catch (error) {
      if (error instanceof ConditionFailed) throw notFound(conversationId);
      throw error;
    }
    await this.dynamo.batchWrite(this.table, {
      delete: await messageKeys(this.dynamo, { table: this.table, userId, conversationId }),
    });
    await this.dynamo.delete({ TableName: this.table, Key });
  }

  private async header(userId: string, conversationId: string): Promise<HeaderRow> {
    const item = await this.read({ conversationId, timestamp: headerTimestamp });
    const header = item && HeaderRow.parse(item);
    if (
      !header ||
      header.userId !== userId ||
      header.deletedAt !== undefined ||
      header.ttl <= this.clock.epochSeconds()
    )
      throw notFound(conversationId);
    return header;
  }

  private read(Key: Item): Promise<Item | undefined> {
    return this.dynamo.get({ TableName: this.table, Key, ConsistentRead: true });
  }

  /** When a message was refused: the last one's time, if the conversation itself would have taken it. */
  private lastMessageIn(error: unknown, userId: string): Date | undefined {
    const refused = error instanceof Problem ? error.cause : undefined;
    const item = refused instanceof TransactionCanceled ? refused.reasons[0]?.item : undefined;
    const header = item && HeaderRow.parse(item);
    if (!header || header.userId !== userId || header.deletedAt !== undefined) return undefined;
    return header.ttl > this.clock.epochSeconds() ? new Date(header.lastMessageAt) : undefined;
  }

  private prolong(Key: Item, ttl: number): Promise<void> {
    return this.unlessGone(() =>
      this.dynamo.update({
        TableName: this.table,
        Key,
        UpdateExpression: 'SET #ttl = :ttl',
        ConditionExpression: 'attribute_exists(conversationId)',
        ExpressionAttributeNames: { '#ttl': 'ttl' },
        ExpressionAttributeValues: { ':ttl': ttl },
      }),
    );
  }

  private async unlessGone(write: () => Promise<unknown>): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error; // deleted meanwhile: there is nothing left to keep
    }
  }
}

/** The same for a reply that has been made, which is stored with patience: nobody waits for it, and the model has been paid. */
export class RepliesStored extends ConversationTable {}
