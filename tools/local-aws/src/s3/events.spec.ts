import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  type Event,
} from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientOf, endpointForSpec } from '../spec/endpoint';

const endpoint = endpointForSpec();
let s3: S3Client;
let sqs: SQSClient;
let sns: SNSClient;
beforeAll(() => {
  s3 = new S3Client({ ...clientOf(endpoint.url), forcePathStyle: true });
  sqs = new SQSClient(clientOf(endpoint.url));
  sns = new SNSClient(clientOf(endpoint.url));
});
afterAll(() => [s3, sqs, sns].forEach((client) => client.destroy()));

let count = 0;
async function bucketWithQueue(Events: Event[], rules: { Name: 'prefix' | 'suffix'; Value: string }[] = []) {
  const name = `events-${++count}`;
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  await s3.send(new CreateBucketCommand({ Bucket: name }));
  const QueueArn = `arn:aws:sqs:us-east-1:000000000000:${name}`;
  const QueueConfigurations = [{ Id: 'rule', QueueArn, Events, Filter: { Key: { FilterRules: rules } } }];
  await s3.send(
    new PutBucketNotificationConfigurationCommand({ Bucket: name, NotificationConfiguration: { QueueConfigurations } }),
  );
  const bodies = async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    return Messages.map(({ Body }) => JSON.parse(Body!));
  };
  const events = async () => (await bodies()).flatMap(({ Records = [] }) => Records);
  return { Bucket: name, bodies, events };
}
const put = (Bucket: string, Key: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body: 'data' }));

describe('events to a queue', () => {
  it('begin with a test event and carry what AWS puts in', async () => {
    const { Bucket, bodies } = await bucketWithQueue(['s3:ObjectCreated:*']);
    const { ETag } = await put(Bucket, 'in/a file+ü.txt');
    const [hello, created] = await bodies();
    expect(hello).toMatchObject({ Event: 's3:TestEvent', Bucket });
    expect(created.Records[0]).toMatchObject({
      eventSource: 'aws:s3',
      awsRegion: 'us-east-1',
      eventName: 'ObjectCreated:Put',
      s3: {
        configurationId: 'rule',
        bucket: { name: Bucket, arn: `arn:aws:s3:::${Bucket}` },
        object: { key: 'in/a+file%2B%C3%BC.txt', size: 4, eTag: ETag!.replaceAll('"', '') },
      },
    });
  });

  it('name each way of writing and deleting', async () => {
    const { Bucket, events } = await bucketWithQueue(['s3:ObjectCreated:*', 's3:ObjectRemoved:*']);
    await put(Bucket, 'one');
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'two', CopySource: `${Bucket}/one` }));
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'three' }));
    const part = { Bucket, Key: 'three', UploadId, PartNumber: 1 };
    const { ETag } = await s3.send(new UploadPartCommand({ ...part, Body: 'x' }));
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key: 'three', UploadId, MultipartUpload }));
    const Objects = [{ Key: 'one' }, { Key: 'two' }, { Key: 'never there' }];
    await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'three' }] } }));
    const seen = (await events()).map(({ eventName, s3: { object } }) => `${eventName} ${object.key}`);
    expect(seen).toEqual([
      'ObjectCreated:Put one',
      'ObjectCreated:Copy two',
      'ObjectCreated:CompleteMultipartUpload three',
      'ObjectRemoved:Delete one',
      'ObjectRemoved:Delete two',
      'ObjectRemoved:DeleteMarkerCreated three',
    ]);
  });

  it('come only for keys that fit prefix and suffix', async () => {
    const { Bucket, events } = await bucketWithQueue(
      ['s3:ObjectCreated:Put'],
      [
        { Name: 'prefix', Value: 'in/' },
        { Name: 'suffix', Value: '.pdf' },
      ],
    );
    for (const key of ['in/a.pdf', 'in/a.txt', 'out/a.pdf']) await put(Bucket, key);
    expect((await events()).map(({ s3: { object } }) => object.key)).toEqual(['in/a.pdf']);
  });
});

describe('a notification configuration', () => {
  it('reaches topics', async () => {
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'uploads' }));
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'uploads' }));
    const Endpoint = 'arn:aws:sqs:us-east-1:000000000000:uploads';
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }));
    await s3.send(new CreateBucketCommand({ Bucket: 'to-topic' }));
    const NotificationConfiguration = { TopicConfigurations: [{ TopicArn, Events: ['s3:ObjectCreated:*' as const] }] };
    await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket: 'to-topic', NotificationConfiguration }));
    await put('to-topic', 'k');
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    const envelopes = Messages!.map(({ Body }) => JSON.parse(Body!));
    expect(envelopes[1].Subject).toBe('Amazon S3 Notification');
    expect(JSON.parse(envelopes[1].Message).Records[0].s3.object.key).toBe('k');
    const stored = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket: 'to-topic' }));
    expect(stored.TopicConfigurations).toMatchObject([{ TopicArn, Events: ['s3:ObjectCreated:*'] }]);
  });

  it('is refused when the target does not exist', async () => {
    await s3.send(new CreateBucketCommand({ Bucket: 'no-target' }));
    const QueueArn = 'arn:aws:sqs:us-east-1:000000000000:absent';
    const NotificationConfiguration = { QueueConfigurations: [{ QueueArn, Events: ['s3:ObjectCreated:*' as const] }] };
    const configure = new PutBucketNotificationConfigurationCommand({ Bucket: 'no-target', NotificationConfiguration });
    await expect(s3.send(configure)).rejects.toMatchObject({ name: 'InvalidArgument' });
    expect(
      (await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket: 'no-target' }))).QueueConfigurations,
    ).toBeUndefined();
  });
});
