import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { ObjectStore } from '@stocktool/aws-s3';
import { documentKey, type DocumentRow, DocumentTable, RemoveDocument } from '@stocktool/knowledge';
import { createBucket, createTable, FixedClock, localDynamo, localS3 } from '@stocktool/testing';
import { syncFolder } from './sync-folder';

const [client, s3] = [localDynamo(), localS3()];
const clock = new FixedClock('2026-03-02T15:00:00.000Z');
const [rows, uploads, segments] = await Promise.all([createTable('documents'), createBucket(), createBucket()]);
for (const { name: Bucket } of [uploads, segments])
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
const buckets = { uploads: uploads.name, segments: segments.name };
const objects = new ObjectStore(s3);
const table = new DocumentTable(new Dynamo(client), clock, rows.name);
const parts = { table, objects, removal: new RemoveDocument(table, objects, clock, buckets), buckets };

const parent = await mkdtemp(path.join(tmpdir(), 'knowledge-'));
const folder = path.join(parent, 'handbook');
const write = async (name: string, content: string | Buffer) => {
  await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
  await writeFile(path.join(folder, name), content);
};
afterAll(async () => {
  await rm(parent, { recursive: true });
  for (const { name } of [uploads, segments]) await objects.deleteUnder(name, '');
  await Promise.all([rows, uploads, segments].map((one) => one.drop()));
  [client, s3].forEach((one) => one.destroy());
});

it('brings a folder to the store by what its bytes are, puts nothing twice, and follows changes and deletions', async () => {
  const owner = randomUUID();
  const other = await table.open(owner, 'mine.md', 'text/markdown', 200);
  await write('fees.md', '# Fees');
  await write('deep/page', '<!doctype html><p>Hello');
  await write('deep/report.txt', Buffer.from('%PDF-1.7 …'));
  await write('plain.log', 'words');
  await write('picture.md', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff]));
  await write('.hidden.md', 'not this');
  const first = await syncFolder(folder, owner, parts);
  expect(first.put.sort()).toEqual(
    ['deep/page', 'deep/report.txt', 'fees.md', 'plain.log'].map((one) => `handbook/${one}`),
  );
  expect(first.skipped).toEqual([['handbook/picture.md', 'it is neither text, HTML nor PDF']]);
  const found: DocumentRow[] = [];
  for await (const row of table.all(owner)) found.push(row);
  expect(Object.fromEntries(found.map(({ name, contentType }) => [name, contentType]))).toEqual({
    'mine.md': 'text/markdown',
    'handbook/fees.md': 'text/markdown',
    'handbook/deep/page': 'text/html',
    'handbook/deep/report.txt': 'application/pdf',
    'handbook/plain.log': 'text/plain',
  });
  const fees = found.find(({ name }) => name === 'handbook/fees.md')!;
  expect((await objects.head(uploads.name, documentKey(owner, fees.documentId)))?.metadata).toMatchObject({
    owner,
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });

  const second = await syncFolder(folder, owner, parts);
  expect([second.put, second.removed, second.unchanged.length]).toEqual([[], [], 4]);

  await write('fees.md', '# Higher fees');
  await rm(path.join(folder, 'plain.log'));
  const third = await syncFolder(folder, owner, parts);
  expect([third.put, third.removed]).toEqual([['handbook/fees.md'], ['handbook/plain.log']]);
  expect(await objects.versions(uploads.name, documentKey(owner, fees.documentId))).toHaveLength(2);
  expect((await table.get(owner, other.documentId)).name).toBe('mine.md');
});
