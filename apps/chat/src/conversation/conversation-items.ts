import type { Dynamo, Item } from '@stocktool/aws-dynamodb';
import { answersOf, headerTimestamp, type NewMessage } from './conversation-rows';

export const conversationLifeSeconds = 24 * 3600;
/** Messages outlive the header a little, so that their ttl need not be moved with every message, only once a day. */
export const messageLifeSeconds = 2 * conversationLifeSeconds;
const keysPerQuery = 250;

const lifeFrom = (now: Date): number => Math.floor(now.getTime() / 1000) + messageLifeSeconds;
/** ISO time and id: unique, and in the order of writing. */
const sortKey = (now: Date, messageId: string): string => `${now.toISOString()}#${messageId}`;

export function messagePut(TableName: string, conversationId: string, message: NewMessage, now: Date) {
  const timestamp = sortKey(now, message.messageId);
  const Item = { conversationId, timestamp, createdAt: now.toISOString(), ...message, ttl: lifeFrom(now) };
  return { TableName, Item, ConditionExpression: 'attribute_not_exists(conversationId)' };
}

interface AnswerIds {
  readonly userId: string;
  readonly conversationId: string;
  readonly messageId: string;
}

/** What leads from a user and the id of an answer to the answer. */
export function pointerPut(TableName: string, { userId, conversationId, messageId }: AnswerIds, now: Date) {
  const key = { conversationId: answersOf(userId), timestamp: messageId };
  return { TableName, Item: { ...key, of: conversationId, at: sortKey(now, messageId), ttl: lifeFrom(now) } };
}

export const messagesAfter = (TableName: string, conversationId: string) => ({
  TableName,
  KeyConditionExpression: 'conversationId = :conversationId AND #timestamp > :header',
  ExpressionAttributeNames: { '#timestamp': 'timestamp' },
  ExpressionAttributeValues: { ':conversationId': conversationId, ':header': headerTimestamp },
  ConsistentRead: true,
});

/** All but what tools said, which is for the model and may be large. */
export const shown = {
  ProjectionExpression:
    '#timestamp, messageId, #role, content, createdAt, toolCalls, citations, grounding, #usage, degraded, finishReason, #ttl',
  ExpressionAttributeNames: { '#timestamp': 'timestamp', '#role': 'role', '#usage': 'usage', '#ttl': 'ttl' },
};

interface Whole {
  readonly table: string;
  readonly userId: string;
  readonly conversationId: string;
}

/** Of all messages of a conversation, and of what leads to the answers among them. */
export async function messageKeys(dynamo: Dynamo, { table, userId, conversationId }: Whole): Promise<Item[]> {
  const keys: Item[] = [];
  let ExclusiveStartKey: Item | undefined;
  do {
    const { items, lastKey } = await dynamo.query({
      ...messagesAfter(table, conversationId),
      ProjectionExpression: '#timestamp, #role, messageId',
      ExpressionAttributeNames: { '#timestamp': 'timestamp', '#role': 'role' },
      Limit: keysPerQuery,
      ExclusiveStartKey,
    });
    for (const { timestamp, role, messageId } of items) {
      keys.push({ conversationId, timestamp });
      if (role === 'assistant') keys.push({ conversationId: answersOf(userId), timestamp: messageId });
    }
    ExclusiveStartKey = lastKey;
  } while (ExclusiveStartKey);
  return keys;
}
