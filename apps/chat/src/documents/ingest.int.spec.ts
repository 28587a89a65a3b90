import { randomUUID } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { Logger } from '@nestjs/common';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { ObjectStore } from '@stocktool/aws-s3';
import type { EventPublisher } from '@stocktool/aws-sns';
import { RetryLater } from '@stocktool/aws-sqs';
import { Problem, type StockToolEvent } from '@stocktool/contracts';
import {
  BuiltInPages,
  documentKey,
  DocumentTable,
  Knowledge,
  RemoveDocument,
  segmentPrefix,
} from '@stocktool/knowledge';
import { createBucket, createTable, FixedClock, localDynamo, localS3 } from '@stocktool/testing';
import { DocumentUploadedHandler } from './document-uploaded.handler';
import { DocumentSweep } from './document-sweep';
import { IngestDocument, type IngestParts } from './ingest-document';
import { ReadInThread } from './read-in-thread';

Logger.overrideLogger(false);
const [dynamoClient, s3] = [localDynamo(), localS3()];
const clock = new FixedClock('2026-03-02T15:00:00.000Z');
const reader = new ReadInThread();
const [rows, uploads, segments] = await Promise.all([createTable('documents'), createBucket(), createBucket()]);
for (const { name: Bucket } of [uploads, segments])
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
const buckets = { uploads: uploads.name, segments: segments.name };
const objects = new ObjectStore(s3);
const table = new DocumentTable(new Dynamo(dynamoClient), clock, rows.name);
const removal = new RemoveDocument(table, objects, clock, buckets);

const published: StockToolEvent[] = [];
const publisher = {
  publish: (event: StockToolEvent) => Promise.resolve(void published.push(event)),
} as unknown as EventPublisher;
const away = {
  publish: () => Promise.reject(new Problem('dependency-unavailable', 'The notification service is away.')),
} as unknown as EventPublisher;

/** One process of the chat service. */
function chat(parts: Partial<IngestParts> = {}) {
  const ingest = new IngestDocument({ table, objects, reader, publisher, clock, buckets, ...parts });
  const knowledge = new Knowledge(new BuiltInPages([]), table, objects, {
    cacheMegabytes: 8,
    bucket: buckets.segments,
  });
  return {
    handler: new DocumentUploadedHandler(ingest),
    sweep: new DocumentSweep(table, ingest, removal, 3600),
    found: async (userId: string, query: string) =>
      (await knowledge.search(userId, query, 5)).map(({ snippet }) => snippet),
  };
}

const context = (signal = new AbortController().signal) => ({
  signal,
  messageId: randomUUID(),
  receiveCount: 1,
  requestId: undefined,
});
const uploaded = (key: string) => ({
  Records: [{ eventName: 'ObjectCreated:Put', s3: { bucket: { name: uploads.name }, object: { key } } }],
});

async function upload(
  text: string | Uint8Array,
  { userId = randomUUID(), name = 'notes.md', type = 'text/markdown' } = {},
) {
  const { documentId } = await table.open(userId, name, type, 200);
  const key = documentKey(userId, documentId);
  await objects.put(uploads.name, key, text, { contentType: type });
  return { userId, documentId, key, event: uploaded(key) };
}
const eventsOf = (documentId: string) => published.filter(({ subject }) => subject === documentId);
const segmentsOf = async ({ userId, documentId }: { userId: string; documentId: string }) => {
  const found: string[] = [];
  for await (const { key } of objects.list(segments.name, segmentPrefix(userId, documentId))) found.push(key);
  return found;
};

afterAll(async () => {
  await reader.onApplicationShutdown();
  for (const { name } of [uploads, segments]) await objects.deleteUnder(name, '');
  await Promise.all([rows, uploads, segments].map((one) => one.drop()));
  [dynamoClient, s3].forEach((client) => client.destroy());
}, 60_000);

describe('an upload', () => {
  it('is read, found by its owner alone, and told of once, however often the event comes', async () => {
    const one = await upload('# Notes\n\n## Quinces\n\nMarmalade sales grew by a fifth.');
    const { handler, found } = chat();
    await Promise.allSettled([handler.handle(one.event, context()), chat().handler.handle(one.event, context())]);
    for (let i = 0; i < 2; i++) await handler.handle(one.event, context());
    expect(await table.get(one.userId, one.documentId)).toMatchObject({ status: 'ready', chunks: 1, attempts: 1 });
    expect(await found(one.userId, 'marmalade')).toEqual(['Marmalade sales grew by a fifth.']);
    expect(await found(randomUUID(), 'marmalade')).toEqual([]);
    expect(eventsOf(one.documentId)).toMatchObject([{ type: 'document.ready', data: { name: 'notes.md', chunks: 1 } }]);
    expect(await segmentsOf(one)).toHaveLength(1);
    clock.advance(3_600_000);
    expect((await table.claimDue(100, 1000)).map(({ documentId }) => documentId)).not.toContain(one.documentId);
  });

  it('under the same name replaces what was there, in whatever order the events come', async () => {
    const first = await upload('Old words: marmalade.');
    const { handler, found } = chat();
    await handler.handle(first.event, context());
    const second = await upload('New words: gooseberry.', first);
    const third = await upload('Newest words: elderflower.', first);
    expect([second.documentId, third.documentId]).toEqual([first.documentId, first.documentId]);
    for (const event of [third.event, first.event, second.event]) await handler.handle(event, context());
    expect(await found(first.userId, 'words marmalade gooseberry elderflower')).toEqual(['Newest words: elderflower.']);
    const { versions, attempts } = await table.get(first.userId, first.documentId);
    expect([versions.length, attempts]).toEqual([3, 2]);
    expect(await segmentsOf(first)).toHaveLength(1);
  });

  it('that cannot be read fails with its reason, and hides what an earlier version said', async () => {
    const one = await upload('Marmalade.');
    const { handler, found } = chat();
    await handler.handle(one.event, context());
    await objects.put(uploads.name, one.key, Buffer.from([0xc3, 0x28]), { contentType: 'text/markdown' });
    await handler.handle(one.event, context());
    expect(await table.get(one.userId, one.documentId)).toMatchObject({
      status: 'failed',
      chunks: 0,
      error: { type: '/problems/document-unreadable', detail: expect.stringContaining('UTF-8') },
    });
    expect(await found(one.userId, 'marmalade')).toEqual([]);
    expect(await segmentsOf(one)).toEqual([]);
    expect(eventsOf(one.documentId).map(({ type }) => type)).toEqual(['document.ready', 'document.failed']);
    const again = await upload('Better: quinces.', one);
    await handler.handle(again.event, context());
    const { status, error } = await table.get(one.userId, one.documentId);
    expect([status, error]).toEqual(['ready', undefined]);
  });

  it('is gone with its versions, and what was made of them, once it is removed; a link that outlives it leaves nothing', async () => {
    const one = await upload('Marmalade.');
    const { handler, found } = chat();
    await handler.handle(one.event, context());
    await removal.run(one.userId, one.documentId);
    expect(await found(one.userId, 'marmalade')).toEqual([]);
    expect([await objects.versions(uploads.name, one.key), await segmentsOf(one)]).toEqual([[], []]);
    await expect(removal.run(one.userId, one.documentId)).rejects.toMatchObject({ code: 'document-not-found' });
    await objects.put(uploads.name, one.key, 'late', { contentType: 'text/markdown' });
    await handler.handle(one.event, context());
    expect(await objects.versions(uploads.name, one.key)).toEqual([]);
    expect((await upload('Marmalade.', one)).documentId).not.toBe(one.documentId);
  });

  it('that nobody can place is given up, and a test of S3 is not one', async () => {
    const { handler } = chat();
    const stray = handler.handle(uploaded('documents/somebody/notes.md'), context());
    await expect(stray).rejects.toMatchObject({ code: 'document-not-found', retryable: false });
    await handler.handle({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: uploads.name }, context());
  });
});

describe('a crash', () => {
  it('in the middle of reading is healed by the sweep, though the message never come again', async () => {
    const one = await upload('Marmalade.');
    const versions = await objects.versions(uploads.name, one.key);
    const [newest] = versions.map(({ versionId, bytes: size, createdAt }) => ({ versionId, size, createdAt }));
    await table.start(await table.get(one.userId, one.documentId), [newest!], 180);
    await expect(chat().handler.handle(one.event, context())).rejects.toBeInstanceOf(RetryLater);
    clock.advance(300_000);
    const { sweep, found } = chat();
    await sweep.sweep();
    expect(await found(one.userId, 'marmalade')).toEqual(['Marmalade.']);
    expect((await table.get(one.userId, one.documentId)).attempts).toBe(2);
  });

  it('before the event went out is healed by the sweep, with the same event', async () => {
    const one = await upload('Marmalade.');
    await chat({ publisher: away }).handler.handle(one.event, context());
    expect(eventsOf(one.documentId)).toEqual([]);
    expect((await table.get(one.userId, one.documentId)).status).toBe('ready');
    clock.advance(60_000);
    await chat().sweep.sweep();
    await chat().sweep.sweep();
    expect(eventsOf(one.documentId)).toHaveLength(1);
  });

  it('in the middle of a removal is healed by the sweep', async () => {
    const one = await upload('Marmalade.');
    await chat().handler.handle(one.event, context());
    await table.markRemoved(one.userId, one.documentId);
    expect(await chat().found(one.userId, 'marmalade')).toEqual([]);
    clock.advance(300_000);
    await chat().sweep.sweep();
    expect(await table.find(one.userId, one.documentId)).toBeUndefined();
    expect([await objects.versions(uploads.name, one.key), await segmentsOf(one)]).toEqual([[], []]);
  });

  it('again and again at one version ends it as failed; the next version is read', async () => {
    const one = await upload('Marmalade.');
    for (let i = 0; i < 3; i++) {
      const versions = await objects.versions(uploads.name, one.key);
      const [newest] = versions.map(({ versionId, bytes: size, createdAt }) => ({ versionId, size, createdAt }));
      await table.start(await table.get(one.userId, one.documentId), [newest!], 1);
      clock.advance(2000);
    }
    const { handler } = chat();
    await handler.handle(one.event, context());
    const { error } = await table.get(one.userId, one.documentId);
    expect(error?.type).toBe('/problems/attempts-exhausted');
    await upload('Quinces.', one);
    await handler.handle(one.event, context());
    expect((await table.get(one.userId, one.documentId)).status).toBe('ready');
  });

  it('of the worker whose lease ran out leaves nothing of it, when it wakes up after another has finished', async () => {
    const one = await upload('Marmalade.');
    const waking = Promise.withResolvers<void>();
    const slow = { run: async (...job: Parameters<ReadInThread['run']>) => (await waking.promise, reader.run(...job)) };
    const sleeping = chat({ reader: slow as ReadInThread }).handler.handle(one.event, context());
    sleeping.catch(() => undefined);
    while ((await table.get(one.userId, one.documentId)).status !== 'ingesting') clock.advance(0);
    clock.advance(200_000);
    await chat().handler.handle(one.event, context());
    waking.resolve();
    await expect(sleeping).rejects.toBeInstanceOf(RetryLater);
    expect(await segmentsOf(one)).toEqual([(await table.get(one.userId, one.documentId)).segmentKey]);
  });
});

describe('an upload that never comes', () => {
  it('is forgotten after an hour; one whose event was lost is read', async () => {
    const userId = randomUUID();
    const { documentId } = await table.open(userId, 'never.md', 'text/markdown', 200);
    const lost = await upload('Marmalade.', { userId, name: 'lost.md' });
    await chat().sweep.sweep();
    expect((await table.get(userId, documentId)).status).toBe('pending');
    clock.advance(3_700_000);
    await chat().sweep.sweep();
    expect(await table.find(userId, documentId)).toBeUndefined();
    expect((await table.get(userId, lost.documentId)).status).toBe('ready');
  });
});

describe('documents', () => {
  it('are only so many; what is there may be replaced, and the removal of one makes room', async () => {
    const userId = randomUUID();
    const open = (name: string) => table.open(userId, name, 'text/plain', 2);
    const first = await open('a');
    await open('b');
    await expect(open('c')).rejects.toMatchObject({ code: 'limit-reached' });
    expect((await open('a')).documentId).toBe(first.documentId);
    await removal.run(userId, first.documentId);
    await open('c');
  });
});

describe('an outage', () => {
  it('counts against no document', async () => {
    const one = await upload('Marmalade.');
    const broken = {
      run: () => Promise.reject(new Problem('dependency-unavailable', 'Away.')),
    } as unknown as ReadInThread;
    for (let i = 0; i < 6; i++)
      await expect(chat({ reader: broken }).handler.handle(one.event, context())).rejects.toMatchObject({
        code: 'dependency-unavailable',
      });
    await chat().handler.handle(one.event, context());
    expect((await table.get(one.userId, one.documentId)).status).toBe('ready');
  });
});

describe('a hostile file', () => {
  const limited = new ReadInThread({ timeoutMs: 4000, heapMegabytes: 64, totalMegabytes: 160 });
  afterAll(() => limited.onApplicationShutdown());

  /** One page whose content unpacks to `megabytes`. */
  function bomb(megabytes: number): Buffer {
    const content = deflateSync(Buffer.alloc(megabytes * 1024 * 1024, ' '));
    const parts = [
      '1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n',
      '2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n',
      '3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>> endobj\n',
      `4 0 obj <</Length ${content.length}/Filter/FlateDecode>> stream\n`,
    ];
    const trailer = '\nendstream endobj\ntrailer <</Root 1 0 R>>\n';
    return Buffer.concat([Buffer.from(`%PDF-1.4\n${parts.join('')}`), content, Buffer.from(trailer)]);
  }

  it('that unpacks to far more than it has fails alone: the next one is read', async () => {
    const one = await upload(bomb(400), { name: 'bomb.pdf', type: 'application/pdf' });
    const { handler } = chat({ reader: limited });
    await handler.handle(one.event, context());
    expect(await table.get(one.userId, one.documentId)).toMatchObject({
      status: 'failed',
      error: { detail: expect.stringMatching(/memory|no text/) },
    });
    const next = await upload('Marmalade.');
    await handler.handle(next.event, context());
    expect((await table.get(next.userId, next.documentId)).status).toBe('ready');
  }, 60_000);
});
