import { Dynamo } from '@stocktool/aws-dynamodb';
import { topology } from '@stocktool/topology';
import { answersOf, headerTimestamp } from './conversation-rows';

const keys = topology.tables.conversations;

/** All conversations of a user, whatever has become of them: expired ones and those half deleted too. */
export class UserConversations {
  constructor(
    private readonly dynamo: Dynamo,
    private readonly table: string = keys.name,
  ) {}

  async list(userId: string, limit: number): Promise<string[]> {
    const { items } = await this.dynamo.query({
      TableName: this.table,
      IndexName: 'user-index',
      KeyConditionExpression: 'userId = :userId',
      ExpressionAttributeValues: { ':userId': userId },
      ProjectionExpression: 'conversationId', // without the ttl: those past it are found too
      Limit: limit,
    });
    return items.map(({ conversationId }) => String(conversationId));
  }

  /** What leads to the answers of a user, those of conversations that are long gone too. */
  async eraseAnswers(userId: string): Promise<void> {
    await this.dynamo.deletePartition({ ...keys, name: this.table }, answersOf(userId));
  }

  /** The messages, then the header that leads to them. */
  async erase(conversationId: string): Promise<void> {
    await this.dynamo.deleteMatching(keys, {
      TableName: this.table,
      KeyConditionExpression: '#partitionKey = :conversationId AND #sortKey > :header',
      ExpressionAttributeValues: { ':conversationId': conversationId, ':header': headerTimestamp },
    });
    await this.dynamo.delete({ TableName: this.table, Key: { conversationId, timestamp: headerTimestamp } });
  }
}
