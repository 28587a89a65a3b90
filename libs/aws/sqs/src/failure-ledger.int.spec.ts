import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { clientSettings } from '@stocktool/aws-client';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { createTable, lostAnswers } from '@stocktool/testing';
import { FailureLedger } from './failure-ledger';

it('counts a failure once, though the answer is lost and the count is sent again', async () => {
  const table = await createTable('idempotency');
  using line = await lostAnswers();
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new DynamoDBClient({ ...clientSettings(), endpoint: line.url, region: 'us-east-1', credentials });
  const ledger = new FailureLedger(new Dynamo(client), table.name);
  const messageId = randomUUID();
  line.loseNext('UpdateItem', 'failures');
  expect(await ledger.count('queue', messageId)).toBe(1);
  expect(line.lost).toBe(1);
  expect(await ledger.count('queue', messageId)).toBe(2);
  client.destroy();
  await table.drop();
});
