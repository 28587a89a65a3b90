import { CreateTableCommand, DynamoDBClient, ResourceInUseException } from '@aws-sdk/client-dynamodb';
import { BucketAlreadyOwnedByYou, CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateSecretCommand, ResourceExistsException, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CreateQueueCommand, GetQueueUrlCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { readEnvironment, swaggerDocs, testService, type TestServiceOptions } from '@stocktool/bootstrap';
import { parseJson, queues, type AccountMail, type QueueName } from '@stocktool/contracts';
import { localEndpoint } from '@stocktool/testing';
import { topology } from '@stocktool/topology';
import path from 'node:path';
import { randomBytes, randomUUID } from 'node:crypto';
import request from 'supertest';
import { AppModule } from './app.module';
import { Environment } from './config';
import { about } from './documentation/about';

export interface TestUser {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  readonly token: string;
  readonly cookie: string;
}

export interface TestGateway {
  readonly app: NestFastifyApplication;
  /** One request, signed in as `user` when given. */
  call(method: 'get' | 'post' | 'put' | 'patch' | 'delete', path: string, user?: Pick<TestUser, 'token'>): request.Test;
  register(name?: string): Promise<TestUser>;
  close(): Promise<void>;
}

/** The one administrator of a spec file, once it has proved the address. */
export const adminEmail = `admin-${randomUUID()}@gateway.example`;

/**
 * The whole gateway against the embedded AWS endpoint, on the resources of the topology: spec files share them and are
 * kept apart by their users.
 */
export async function testGateway(
  environment: Record<string, string> = {},
  override?: TestServiceOptions['override'],
): Promise<TestGateway> {
  await createResources();
  const settings = readEnvironment(Environment, {
    DATA_DIR: path.resolve(import.meta.dirname, '../../../data'),
    ADMIN_EMAILS: adminEmail,
    AUTH_RATE_LIMIT_PER_MINUTE: '100000',
    CHAT_GRPC_URL: '127.0.0.1:1',
    AWS_ENDPOINT_URL: localEndpoint(),
    ...environment,
  });
  const app = await testService(AppModule.register(settings), {
    swagger: swaggerDocs(about),
    ...(override && { override }),
  });
  const call: TestGateway['call'] = (method, url, user) => {
    const test = request(app.getHttpServer())[method](url);
    return user ? test.set('authorization', `Bearer ${user.token}`) : test;
  };
  const register = async (name = 'user') => {
    const account = { email: `${name}-${randomUUID()}@gateway.example`, password: 'a long enough password' };
    const answer = await call('post', '/v1/auth/register').send(account).expect(201);
    return { ...account, ...signedIn(answer.body as SignedInBody, answer.headers) };
  };
  return { app, call, register, close: () => app.close() };
}

interface SignedInBody {
  user: { id: string };
  accessToken: string;
}

export const signedIn = ({ user, accessToken }: SignedInBody, headers: Record<string, unknown>) => ({
  id: user.id,
  token: accessToken,
  cookie: cookieOf(headers),
});

/** The refresh cookie of an answer, as a browser would send it back. */
export const cookieOf = (headers: Record<string, unknown>): string =>
  String((headers['set-cookie'] as string[] | undefined)?.[0] ?? '').split(';', 1)[0]!;

/** By their text: what is received again stays at its first place. */
const mails = new Map<string, AccountMail>();

/** The newest mail of a template to an address, from the notifications queue. */
export async function mailTo(email: string, template: AccountMail['template']): Promise<AccountMail | undefined> {
  for (const text of await receive('notifications')) {
    const work = parseJson(queues.notifications.body, text);
    if ('kind' in work && work.kind === 'account-mail') mails.set(text, work);
  }
  return [...mails.values()].findLast((mail) => mail.to === email && mail.template === template);
}

const mostReceives = 100;

/**
 * All that is visible: nobody deletes here, and what waits behind the first messages must be reached, too. They are visible again
 * after a second, for other spec files.
 */
export async function receive(queue: QueueName): Promise<string[]> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: topology.queues[queue].name }));
  const texts: string[] = [];
  for (let receives = 0; receives < mostReceives; receives++) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 1, WaitTimeSeconds: 0 }),
    );
    if (Messages.length === 0) break;
    texts.push(...Messages.map(({ Body }) => Body ?? ''));
  }
  return texts;
}

/** Calls of the test itself must not count as the gateway's. */
const asTest = { userAgentAppId: 'test' };
const sqs = new SQSClient({ ...asTest, useQueueUrlAsEndpoint: false });

async function createResources(): Promise<void> {
  const dynamo = new DynamoDBClient(asTest);
  const s3 = new S3Client({ ...asTest, forcePathStyle: true });
  const secrets = new SecretsManagerClient(asTest);
  for (const { name, partitionKey, sortKey, indexes } of Object.values(topology.tables)) {
    const all = [{ partitionKey, sortKey }, ...Object.values(indexes)];
    const names = new Set(all.flatMap((keys) => [keys.partitionKey, keys.sortKey]));
    const GlobalSecondaryIndexes = Object.entries(indexes).map(([IndexName, keys]) => ({
      IndexName,
      KeySchema: keySchema(keys),
      Projection: { ProjectionType: 'ALL' as const },
    }));
    const command = new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: keySchema({ partitionKey, sortKey }),
      AttributeDefinitions: [...names].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
      ...(GlobalSecondaryIndexes.length > 0 && { GlobalSecondaryIndexes }),
    });
    await unlessThere(dynamo.send(command), ResourceInUseException);
  }
  for (const { name, deadLetterName } of Object.values(topology.queues))
    for (const QueueName of [name, deadLetterName]) await sqs.send(new CreateQueueCommand({ QueueName }));
  for (const { name: Bucket, versioned } of Object.values(topology.buckets)) {
    await unlessThere(s3.send(new CreateBucketCommand({ Bucket })), BucketAlreadyOwnedByYou);
    const VersioningConfiguration = { Status: 'Enabled' as const };
    if (versioned) await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  }
  const key = () => randomBytes(32).toString('base64url');
  for (const { name: Name, kind, keys } of Object.values(topology.secrets)) {
    if (kind !== 'made') continue;
    const SecretString = JSON.stringify(Object.fromEntries(keys.map((name) => [name, key()])));
    await unlessThere(secrets.send(new CreateSecretCommand({ Name, SecretString })), ResourceExistsException);
  }
  for (const client of [dynamo, s3, secrets]) client.destroy();
}

const keySchema = ({ partitionKey, sortKey }: { partitionKey: string; sortKey: string }) => [
  { AttributeName: partitionKey, KeyType: 'HASH' as const },
  { AttributeName: sortKey, KeyType: 'RANGE' as const },
];

async function unlessThere(creating: Promise<unknown>, there: abstract new (...args: never[]) => Error): Promise<void> {
  try {
    await creating;
  } catch (error) {
    if (!(error instanceof there)) throw error;
  }
}
