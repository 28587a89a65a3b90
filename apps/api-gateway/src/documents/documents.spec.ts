import { randomUUID } from 'node:crypto';
import { ObjectStore } from '@stocktool/aws-s3';
import type { Document, DocumentUpload, Page } from '@stocktool/contracts';
import { documentBuckets, DocumentTable, documentKey } from '@stocktool/knowledge';
import { testGateway, type TestGateway, type TestUser } from '../gateway.fixture';

let gateway: TestGateway;
let one: TestUser;
let other: TestUser;
beforeAll(async () => {
  gateway = await testGateway();
  [one, other] = [await gateway.register('one'), await gateway.register('other')];
});
afterAll(() => gateway.close());

const text = 'Marmalade sales grew.';
const asked = { name: 'notes.md', contentType: 'text/markdown', size: text.length };
const post = (user: TestUser, body: object = asked) => gateway.call('post', '/v1/documents', user).send(body);
async function link(user: TestUser, body: object = asked): Promise<DocumentUpload> {
  return (await post(user, body).expect(201)).body as DocumentUpload;
}
const send = ({ upload: { url, method, headers } }: DocumentUpload, body = text, more = {}) =>
  fetch(url, { method, headers: { ...headers, ...more }, body });

/** What the chat service does, but for the reading. */
async function read(user: TestUser, documentId: string): Promise<void> {
  const [table, objects] = [DocumentTable, ObjectStore].map((token) =>
    gateway.app.get(token as typeof DocumentTable, { strict: false }),
  ) as unknown as [DocumentTable, ObjectStore];
  const found = await objects.versions(documentBuckets.uploads, documentKey(user.id, documentId));
  const [newest, ...older] = found.map(({ versionId, bytes: size, createdAt }) => ({ versionId, size, createdAt }));
  const start = await table.start(await table.get(user.id, documentId), [newest!, ...older], 60);
  if (!('attempt' in (start as object))) throw new Error('not started');
  const { attempt } = start as Extract<typeof start, { attempt: unknown }>;
  const error = { type: '/problems/document-unreadable', title: 'x', status: 422 };
  await table.failed(attempt, { readVersionId: newest!.versionId, error, event: { type: 'document.failed' } as never });
}

describe('an upload', () => {
  it('goes straight to the store, by a link for this type and size alone', async () => {
    const made = await link(one);
    expect(made.upload).toMatchObject({ method: 'PUT', headers: { 'content-type': 'text/markdown' } });
    const life = Date.parse(made.upload.expiresAt) - Date.now();
    expect(life).toBeGreaterThan(14 * 60_000);
    expect((await send(made, `${text}.`)).status).toBe(403);
    expect((await send(made, text, { 'content-type': 'text/html' })).status).toBe(403);
    expect((await send(made)).status).toBe(200);
    const { body } = await gateway.call('get', `/v1/documents/${made.id}`, one).expect(200);
    expect(body).toMatchObject({ id: made.id, name: 'notes.md', status: 'pending', chunks: 0, versions: [] });
  });

  it('under a name that is there is another version of that document, each of which can be downloaded', async () => {
    const user = await gateway.register('versions');
    const first = await link(user);
    await send(first);
    const second = await link(user, { ...asked, size: 5 });
    expect(second.id).toBe(first.id);
    await send(second, 'newer');
    await read(user, first.id);
    const { body } = await gateway.call('get', `/v1/documents/${first.id}`, user).expect(200);
    const document = body as Document;
    expect(document.versions.map(({ size }) => size)).toEqual([5, text.length]);
    const path = `/v1/documents/${first.id}/download`;
    const newest = await gateway.call('get', path, user).expect(302);
    expect(await (await fetch(String(newest.headers['location']))).text()).toBe('newer');
    const { versionId } = document.versions[1]!;
    const old = await gateway.call('get', `${path}?versionId=${versionId}&redirect=false`, user).expect(200);
    const download = await fetch((old.body as { url: string }).url);
    expect(await download.text()).toBe(text);
    expect(download.headers.get('content-disposition')).toContain('attachment; filename="notes.md"');
    await gateway.call('get', `${path}?versionId=${randomUUID()}`, user).expect(404);
  });

  it('asked for twice at once under a new name is one document', async () => {
    const made = await Promise.all(Array.from({ length: 5 }, () => link(one, { ...asked, name: 'race.md' })));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
  });

  it('repeated with its key is the same answer', async () => {
    const key = randomUUID();
    const ask = () =>
      post(one, { ...asked, name: 'keyed.md' })
        .set('idempotency-key', key)
        .expect(201);
    expect((await ask()).body).toEqual((await ask()).body);
  });

  it.each([
    [{ ...asked, size: 20 * 1024 * 1024 + 1 }, 413, 'body-too-large'],
    [{ ...asked, contentType: 'image/png' }, 415, 'unsupported-media-type'],
    [{ ...asked, contentType: 'text/plain2' }, 415, 'unsupported-media-type'],
    [{ ...asked, size: 0 }, 400, 'validation-failed'],
    [{ ...asked, size: 1.5 }, 400, 'validation-failed'],
    [{ ...asked, name: '  ' }, 400, 'validation-failed'],
    [{ ...asked, name: 'a\nb' }, 400, 'validation-failed'],
    [{ ...asked, owner: 'me' }, 400, 'validation-failed'],
  ])('%j is refused with %i %s', async (body, status, code) => {
    const answer = await post(one, body).expect(status);
    expect(answer.body).toMatchObject({ type: `/problems/${code}` });
  });

  it('of any type may say its charset', async () => {
    const made = await link(one, { ...asked, name: 'charset', contentType: 'Text/HTML; charset=utf-8' });
    expect(made.upload.headers).toEqual({ 'content-type': 'Text/HTML; charset=utf-8' });
    expect((await send(made)).status).toBe(200);
  });
});

describe('documents', () => {
  it('are listed page by page, newest first', async () => {
    const user = await gateway.register('lists');
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c']) ids.push((await link(user, { ...asked, name })).id);
    const first = (await gateway.call('get', '/v1/documents?limit=2', user).expect(200)).body as Page<Document>;
    const second = (await gateway.call('get', `/v1/documents?limit=2&cursor=${first.nextCursor}`, user).expect(200))
      .body as Page<Document>;
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids.toReversed());
    await gateway.call('get', `/v1/documents?cursor=${first.nextCursor}`, one).expect(400);
  });

  it('of another are not there: not to read, list, download, delete or replace', async () => {
    const made = await link(one, { ...asked, name: 'private.md' });
    await send(made);
    await read(one, made.id);
    const { body } = await gateway.call('get', `/v1/documents/${made.id}`, one).expect(200);
    const [version] = (body as Document).versions;
    for (const [method, path] of [
      ['get', `/v1/documents/${made.id}`],
      ['get', `/v1/documents/${made.id}/download`],
      ['get', `/v1/documents/${made.id}/download?versionId=${version!.versionId}`],
      ['delete', `/v1/documents/${made.id}`],
    ] as const) {
      const theirs = await gateway.call(method, path, other).expect(404);
      const nobodys = await gateway.call(method, path.replace(made.id, randomUUID()), other).expect(404);
      const said = ({ detail, title }: { detail: string; title: string }) => [
        detail.replace(/[0-9a-f-]{36}/, ''),
        title,
      ];
      expect(said(theirs.body)).toEqual(said(nobodys.body));
    }
    const list = (await gateway.call('get', '/v1/documents?limit=100', other).expect(200)).body as Page<Document>;
    expect(list.items).toEqual([]);
    expect((await link(other, { ...asked, name: 'private.md' })).id).not.toBe(made.id);
    const unsigned = made.upload.url.split('?')[0]!;
    expect((await fetch(unsigned)).status).toBe(403);
    expect((await fetch(made.upload.url)).status).toBe(403);
    await gateway.call('get', `/v1/documents/${made.id}`, one).expect(200);
  });

  it('are deleted with their versions, and their name is free again', async () => {
    const made = await link(one, { ...asked, name: 'deleted.md' });
    await send(made);
    await gateway.call('delete', `/v1/documents/${made.id}`, one).expect(204);
    await gateway.call('get', `/v1/documents/${made.id}`, one).expect(404);
    await gateway.call('delete', `/v1/documents/${made.id}`, one).expect(404);
    const objects = gateway.app.get(ObjectStore, { strict: false });
    expect(await objects.versions(documentBuckets.uploads, documentKey(one.id, made.id))).toEqual([]);
    expect((await link(one, { ...asked, name: 'deleted.md' })).id).not.toBe(made.id);
  });

  it('need credentials, and a key that may write', async () => {
    await gateway.call('get', '/v1/documents').expect(401);
    const made = await gateway
      .call('post', '/v1/api-keys', one)
      .send({ name: 'reader', scopes: ['read'] })
      .expect(201);
    const key = (made.body as { key: string }).key;
    await gateway.call('post', '/v1/documents').set('x-api-key', key).send(asked).expect(403);
    await gateway.call('get', '/v1/documents').set('x-api-key', key).expect(200);
  });
});
