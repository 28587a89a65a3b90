import { ConditionFailed, type Dynamo } from '@stocktool/aws-dynamodb';
import { type DocumentRow, nameItemId } from './document-rows';

/** Which document of a user has a name: one at most, so that what is uploaded under the same name replaces it. */
export class DocumentNames {
  constructor(
    private readonly dynamo: Dynamo,
    private readonly tableName: string,
  ) {}

  /** The id of the document that has the name or is about to be made with it. */
  async find(userId: string, name: string): Promise<string | undefined> {
    const Key = { userId, itemId: nameItemId(name) };
    const item = await this.dynamo.get({ TableName: this.tableName, Key, ConsistentRead: true });
    return item && String(item['documentId']);
  }

  /** Whose the name is afterwards: the id given, or that of whoever was first. */
  async claim(userId: string, name: string, documentId: string): Promise<string> {
    const Item = { userId, itemId: nameItemId(name), documentId };
    try {
      await this.dynamo.put({ TableName: this.tableName, Item, ConditionExpression: 'attribute_not_exists(itemId)' });
      return documentId;
    } catch (error) {
      if (!(error instanceof ConditionFailed) || !error.item) throw error;
      return String(error.item['documentId']);
    }
  }

  /** A name that another document has by now stays with that one. */
  async free({ userId, name, documentId }: DocumentRow): Promise<void> {
    try {
      await this.dynamo.delete({
        TableName: this.tableName,
        Key: { userId, itemId: nameItemId(name) },
        ConditionExpression: 'documentId = :documentId',
        ExpressionAttributeValues: { ':documentId': documentId },
      });
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
    }
  }
}
