import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { topology } from '@stocktool/topology';

/** For clients of the embedded endpoint: what a test does behind the system's back goes the same way as the system's own calls. */
export const awsSettings = (endpoint: string) => ({
  region: topology.region,
  endpoint,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  useQueueUrlAsEndpoint: false,
});

const TableName = topology.tables.analyses.name;

/**
 * Leaves what a crash between the row and its message leaves: a queued analysis that no message tells of. A copy of a finished
 * one; the sweep may take it from `dueAt` on.
 */
export async function strandedAnalysis(
  awsUrl: string,
  { userId, finishedId, dueAt }: { userId: string; finishedId: string; dueAt: Date },
): Promise<string> {
  const dynamo = new DynamoDBClient(awsSettings(awsUrl));
  const analysisId = `${finishedId.slice(0, -12)}${crypto.randomUUID().slice(-12)}`;
  try {
    for (const kind of ['request', 'state'] as const) {
      const Key = { userId: { S: userId }, itemId: { S: `${kind}#${finishedId}` } };
      const { Item } = await dynamo.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
      if (Item === undefined) throw new Error(`there is no ${kind} of ${finishedId}`);
      const { startedAt: _1, finishedAt: _2, result: _3, headline: _4, event: _5, ...kept } = Item;
      const state = {
        analysisId: { S: analysisId },
        status: { S: 'queued' },
        progress: { N: '0' },
        attempts: { N: '0' },
        dueKind: { S: 'queued' },
        dueAt: { S: dueAt.toISOString() },
      };
      const itemId = { S: `${kind}#${analysisId}` };
      await dynamo.send(new PutItemCommand({ TableName, Item: { ...kept, ...(kind === 'state' && state), itemId } }));
    }
    return analysisId;
  } finally {
    dynamo.destroy();
  }
}
