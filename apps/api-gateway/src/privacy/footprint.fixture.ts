import { DynamoDBClient, ScanCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import { topology } from '@stocktool/topology';

const dynamo = new DynamoDBClient({ userAgentAppId: 'test' });
const s3 = new S3Client({ userAgentAppId: 'test', forcePathStyle: true });

/** Every item and every version of an object that names one of the texts: looked for without knowing where they belong. */
export async function footprintOf(...texts: readonly string[]): Promise<string[]> {
  const names = (found: string) => texts.some((text) => found.includes(text));
  const places: string[] = [];
  for (const { name: TableName } of Object.values(topology.tables)) {
    let ExclusiveStartKey: Record<string, AttributeValue> | undefined;
    do {
      const page = await dynamo.send(new ScanCommand({ TableName, ExclusiveStartKey }));
      for (const item of page.Items ?? []) if (names(JSON.stringify(item))) places.push(`${TableName} ${keyIn(item)}`);
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
  }
  for (const { name: Bucket } of Object.values(topology.buckets)) {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    for (const { Key = '' } of [...Versions, ...DeleteMarkers]) if (names(Key)) places.push(`${Bucket} ${Key}`);
  }
  return places;
}

const keyIn = ({ itemId, timestamp, dataType }: Record<string, AttributeValue>): string =>
  (itemId ?? timestamp ?? dataType)?.S ?? '';
