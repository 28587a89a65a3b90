import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { clientOf } from './spec/endpoint';

const root = path.resolve(import.meta.dirname, '../../..');
const mostBlocks = 1024; // of 512 or 1024 bytes, as the shell counts

/** No file may grow beyond half a megabyte: writes then fail as they do on a full disk, and no privilege is needed to have it. */
async function startOnSmallDisk(directory: string) {
  const program = `ulimit -f ${mostBlocks}; exec "$0" "$@"`;
  const files = ['tools/typescript-hooks.mjs', 'tools/local-aws/src/main.ts'].map((file) => path.join(root, file));
  const child = spawn('/bin/sh', ['-c', program, process.execPath, '--import', ...files], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', NODE_OPTIONS: '', LOCAL_AWS_PORT: '0', LOCAL_AWS_DATA_DIR: directory },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, url: line.replace('local-aws ready ', '') };
}

describe('on a full disk', () => {
  it('every service answers a typed 500, the process lives and still reads', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'local-aws-full-'));
    const { child, url } = await startOnSmallDisk(directory);
    const s3 = new S3Client({ ...clientOf(url), forcePathStyle: true });
    const db = new DynamoDBClient(clientOf(url));
    const secrets = new SecretsManagerClient(clientOf(url));
    const failure = { $metadata: { httpStatusCode: 500 } };

    await s3.send(new CreateBucketCommand({ Bucket: 'small' }));
    await s3.send(new PutObjectCommand({ Bucket: 'small', Key: 'fits', Body: 'x' }));
    const large = new PutObjectCommand({ Bucket: 'small', Key: 'large', Body: Buffer.alloc(4 * 1024 * 1024) });
    await expect(s3.send(large)).rejects.toMatchObject({ name: 'InternalError', ...failure });
    await expect(s3.send(new GetObjectCommand({ Bucket: 'small', Key: 'large' }))).rejects.toMatchObject({
      name: 'NoSuchKey',
    });

    const TableName = 'small';
    await db.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      }),
    );
    const text = { S: 'x'.repeat(200_000) };
    const put = (id: number) => db.send(new PutItemCommand({ TableName, Item: { id: { S: String(id) }, text } }));
    await put(0);
    let refused: unknown;
    for (let id = 1; id < 50 && !refused; id++)
      refused = await put(id).then(
        () => undefined,
        (error: unknown) => error,
      );
    expect(refused).toMatchObject({ name: 'InternalServerError', ...failure });
    const { Item } = await db.send(new GetItemCommand({ TableName, Key: { id: { S: '0' } } }));
    expect(Item!.text).toEqual(text);

    let first: unknown;
    const create = (index: number) =>
      secrets.send(new CreateSecretCommand({ Name: `s${index}`, SecretString: 'x'.repeat(60_000) }));
    for (let index = 0; index < 50 && !first; index++)
      first = await create(index).then(
        () => undefined,
        (error: unknown) => error,
      );
    expect(first).toMatchObject({ name: 'InternalServerError', ...failure });
    expect((await secrets.send(new GetSecretValueCommand({ SecretId: 's0' }))).SecretString).toHaveLength(60_000);

    const read = await s3.send(new GetObjectCommand({ Bucket: 'small', Key: 'fits' }));
    expect(await read.Body!.transformToString()).toBe('x');
    expect(child.exitCode).toBeNull();
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    expect((await exit)[0]).toBe(0);
    await rm(directory, { recursive: true, force: true });
  });
});
