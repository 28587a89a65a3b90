import { DynamoDBClient, ScanCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type QueueAttributeName,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { AccountExport } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { awsSettings } from './aws';
import {
  api,
  awsUrl,
  eventually,
  finished,
  finishedAnalysis,
  lettersTo,
  newUser,
  portfolio,
  type User,
} from './client';
import { readDocument, upload } from './uploads';

/** Every item and object that names the text, looked for as an auditor would: in everything there is. */
async function traces(text: string): Promise<string[]> {
  const dynamo = new DynamoDBClient(awsSettings(awsUrl));
  const s3 = new S3Client({ ...awsSettings(awsUrl), forcePathStyle: true });
  const found: string[] = [];
  for (const { name: TableName } of Object.values(topology.tables)) {
    let ExclusiveStartKey: Record<string, AttributeValue> | undefined;
    do {
      const page = await dynamo.send(new ScanCommand({ TableName, ExclusiveStartKey }));
      const items = (page.Items ?? []).filter((item) => JSON.stringify(item).includes(text));
      found.push(...items.map(({ itemId, timestamp }) => `${TableName} ${(itemId ?? timestamp)?.S}`));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
  }
  for (const { name: Bucket } of Object.values(topology.buckets)) {
    const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    found.push(...Versions.filter(({ Key }) => Key?.includes(text)).map(({ Key }) => `${Bucket} ${Key}`));
  }
  dynamo.destroy();
  s3.destroy();
  return found;
}

const notes = '# Notes\n\nThe orchard fund is sold in October.\n';

/** A user with a bit of everything. */
async function settledUser() {
  const user = await newUser();
  const letter = await eventually('the mail that verifies the account', async () => (await lettersTo(user.email))[0]);
  const token = /token=([A-Za-z0-9._~-]+)/.exec(letter.text)?.[1];
  await api('POST', '/v1/auth/verify', { body: { token } });
  await api('PUT', '/v1/price-series/MINE', {
    token: user.token,
    text: 'date,close\n2015-01-02,1\n2016-01-04,2\n',
    headers: { 'content-type': 'text/csv' },
  });
  await api('POST', '/v1/subscriptions', {
    token: user.token,
    body: { channel: 'email', target: user.email, events: ['analysis.completed'] },
  });
  await readDocument(user, await upload(user, 'notes.md', 'text/markdown', notes), notes.length);
  const { id } = await finishedAnalysis(user);
  await api('GET', `/v1/analyses/${id}/report`, { token: user.token });
  const chat = await api('POST', '/v1/chat', { token: user.token, body: { message: 'How risky is AAPL in 2015?' } });
  expect(chat.status).toBe(200);
  return { user, analysisId: id as string, conversationId: chat.body.conversationId as string };
}

/** A message that comes again for an analysis that is no more. */
async function messageIsDoneWith(userId: string, analysisId: string): Promise<void> {
  const sqs = new SQSClient(awsSettings(awsUrl));
  const { name, deadLetterName } = topology.queues.analysis;
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify({ userId, analysisId }) }));
  const AttributeNames: QueueAttributeName[] = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'];
  await eventually('the queue is empty', async () => {
    const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
    return Object.values(Attributes).every((count) => count === '0');
  });
  const letters = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: (await sqs.send(new GetQueueUrlCommand({ QueueName: deadLetterName }))).QueueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 0,
    }),
  );
  expect((letters.Messages ?? []).filter(({ Body }) => Body?.includes(userId))).toEqual([]);
  sqs.destroy();
}

const signIn = ({ email, password }: User) => api('POST', '/v1/auth/login', { body: { email, password } });

describe('an account', () => {
  it('can be taken along and deleted: from tables and buckets, with what was under way, and nobody else’s', async () => {
    const [leaving, staying] = [await settledUser(), await settledUser()];
    const { user } = leaving;

    const { status, text } = await api('GET', '/v1/users/me/export', { token: user.token });
    expect(status).toBe(200);
    const copy = AccountExport.parse(JSON.parse(text));
    expect(copy.account).toMatchObject({ email: user.email, emailVerified: true });
    expect(copy.analyses).toMatchObject([{ id: leaving.analysisId, status: 'succeeded', result: expect.anything() }]);
    expect(copy.conversations).toMatchObject([{ id: leaving.conversationId, messages: [{}, {}] }]);
    expect(copy.priceSeries).toMatchObject([{ symbol: '~MINE', rows: [{ close: 1 }, { close: 2 }] }]);
    expect(copy.subscriptions).toHaveLength(1);

    const kept = await traces(staying.user.id);
    expect((await traces(user.id)).length).toBeGreaterThan(8);
    const underWay = await Promise.all(
      Array.from({ length: 10 }, () => api('POST', '/v1/analyses', { token: user.token, body: portfolio })),
    );
    expect(underWay.every((posted) => posted.status === 202)).toBe(true);
    expect((await api('DELETE', '/v1/users/me', { token: user.token })).status).toBe(202);

    expect((await api('GET', '/v1/auth/me', { token: user.token })).status).toBe(401);
    expect((await signIn(user)).status).toBe(401);
    await eventually('the second pass has erased what was under way', async () => (await traces(user.id)).length === 0);
    expect(await traces(user.email)).toEqual([]);
    expect(await traces(leaving.conversationId)).toEqual([]);
    expect(await traces(staying.user.id)).toEqual(kept);
    await messageIsDoneWith(user.id, leaving.analysisId);
    expect(await finished(staying.user, staying.analysisId)).toMatchObject({ status: 'succeeded' });
    await eventually('the last letter', async () =>
      (await lettersTo(user.email)).find(({ subject }) => subject.includes('has been deleted')),
    );
  });
});
