import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  UpdateContinuousBackupsCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { createBucket } from './bucket';
import { Resolver, type Template, type TemplateResource } from './resolver';

export interface Place {
  readonly region: string;
  readonly endpoint: string;
}

/**
 * Makes the tables, queues, topics, subscriptions and buckets of a data template by the SDK, property by property, on an
 * endpoint that need not know CloudFormation. Left out is what an emulator has no use for: keys of encryption, and policies
 * that ask for TLS. Buckets get their names without the account's number, as services without S3_BUCKET_SUFFIX know them.
 * Gives the names of what was made.
 */
export async function createFromTemplate(template: Template, place: Place): Promise<string[]> {
  const resolver = new Resolver(template, [], { id: await accountOf(place), region: place.region, partition: 'aws' });
  const settings = { ...place, userAgentAppId: 'from-template' };
  const dynamodb = new DynamoDBClient(settings);
  const sqs = new SQSClient({ ...settings, useQueueUrlAsEndpoint: false });
  const sns = new SNSClient(settings);
  const s3 = new S3Client({ ...settings, forcePathStyle: true });
  const all = (type: string) => Object.values(template.Resources).filter(({ Type }) => Type === type);
  const made: string[] = [];
  const each = async (type: string, make: (resource: TemplateResource) => Promise<string>) => {
    for (const resource of all(type)) made.push(await make(resource));
  };
  try {
    await each('AWS::DynamoDB::Table', (resource) => createTable(resource, dynamodb));
    // Dead-letter queues first: the others name them.
    const queues = all('AWS::SQS::Queue').sort((a, b) => rank(a) - rank(b));
    for (const queue of queues) made.push(await createQueue(queue, resolver, sqs));
    await each('AWS::SNS::Topic', (resource) => createTopic(resource, resolver, sns));
    await each('AWS::SNS::Subscription', (resource) => subscribe(resource, resolver, sns));
    await each('AWS::S3::Bucket', (resource) => createBucket(resource, resolver, s3));
    return made;
  } finally {
    for (const client of [dynamodb, sqs, sns, s3]) client.destroy();
  }
}

const rank = ({ Properties }: TemplateResource): number => ('RedrivePolicy' in Properties ? 1 : 0);

async function accountOf(place: Place): Promise<string> {
  const sts = new STSClient(place);
  try {
    const { Account } = await sts.send(new GetCallerIdentityCommand({}));
    if (Account === undefined) throw new Error('The endpoint does not say which account this is');
    return Account;
  } finally {
    sts.destroy();
  }
}

/** The template's properties are those of the API, but for encryption, expiry and recovery, which are calls of their own. */
async function createTable({ Properties }: TemplateResource, client: DynamoDBClient): Promise<string> {
  const { TableName, KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, BillingMode } =
    Properties as unknown as CreateTableCommandInput & { TableName: string };
  await client.send(
    new CreateTableCommand({ TableName, KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, BillingMode }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 0.1, maxDelay: 1 }, { TableName });
  const { TimeToLiveSpecification, PointInTimeRecoverySpecification } = Properties as {
    TimeToLiveSpecification: { AttributeName: string; Enabled: boolean };
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: boolean };
  };
  await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
  if (PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled)
    await client.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }));
  return `table ${TableName}`;
}

const queueAttributes = ['VisibilityTimeout', 'MessageRetentionPeriod', 'ReceiveMessageWaitTimeSeconds'] as const;

async function createQueue({ Properties }: TemplateResource, resolver: Resolver, client: SQSClient): Promise<string> {
  const QueueName = resolver.text(Properties['QueueName']);
  const plain = queueAttributes
    .filter((name) => name in Properties)
    .map((name) => [name, String(Properties[name] as number)]);
  const redrive = Properties['RedrivePolicy'] as { deadLetterTargetArn: unknown; maxReceiveCount: number } | undefined;
  const RedrivePolicy =
    redrive && JSON.stringify({ ...redrive, deadLetterTargetArn: resolver.text(redrive.deadLetterTargetArn) });
  const Attributes = { ...Object.fromEntries(plain), ...(RedrivePolicy !== undefined && { RedrivePolicy }) } as Record<
    string,
    string
  >;
  await client.send(new CreateQueueCommand({ QueueName, Attributes }));
  return `queue ${QueueName}`;
}

async function createTopic({ Properties }: TemplateResource, resolver: Resolver, client: SNSClient): Promise<string> {
  const Name = resolver.text(Properties['TopicName']);
  await client.send(new CreateTopicCommand({ Name }));
  return `topic ${Name}`;
}

async function subscribe({ Properties }: TemplateResource, resolver: Resolver, client: SNSClient): Promise<string> {
  const TopicArn = resolver.text(Properties['TopicArn']);
  const Endpoint = resolver.text(Properties['Endpoint']);
  const { RawMessageDelivery, FilterPolicy } = Properties;
  const Attributes = {
    RawMessageDelivery: String(RawMessageDelivery),
    ...(FilterPolicy !== undefined && { FilterPolicy: JSON.stringify(FilterPolicy) }),
  };
  await client.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, Attributes }));
  const nameOf = (arn: string) => arn.split(':').at(-1) ?? arn;
  return `subscription ${nameOf(TopicArn)} -> ${nameOf(Endpoint)}`;
}
