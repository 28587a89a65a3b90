import { api, newUser, type User } from './client';
import { readDocument, upload } from './uploads';

let one: User;
let other: User;
beforeAll(async () => {
  [one, other] = [await newUser(), await newUser()];
});

const markdown = `# Orchard fund

## Fees

Whoever leaves the orchard fund within ninety days pays an exit charge of two percent.

## Harvest

Distributions of the orchard fund are paid each October, after the quince harvest.
`;

const get = (user: User, path: string) => api('GET', path, { token: user.token });
const found = async (user: User, q: string): Promise<{ documentId: string; snippet: string }[]> =>
  (await get(user, `/v1/knowledge/search?q=${encodeURIComponent(q)}&k=5`)).body.items;

describe('a document', () => {
  it('is uploaded straight to the store, read, found and cited to its owner alone, replaced, and deleted', async () => {
    const id = await upload(one, 'orchard.md', 'text/markdown', markdown);
    expect(await readDocument(one, id, markdown.length)).toMatchObject({ status: 'ready', chunks: 2 });
    const question = 'orchard fund exit charge';
    expect((await found(one, question))[0]).toMatchObject({
      documentId: id,
      title: 'orchard.md › Orchard fund › Fees',
      snippet: expect.stringContaining('exit charge of two percent'),
    });
    expect((await found(other, question)).filter(({ documentId }) => documentId === id)).toEqual([]);

    const message = 'What does my document say about the exit charge of the orchard fund?';
    const reply = await api('POST', '/v1/chat', { token: one.token, body: { message } });
    if (reply.body.toolCalls.some(({ name }: { name: string }) => name === 'search_knowledge'))
      expect(reply.body.citations.map(({ documentId }: { documentId: string }) => documentId)).toContain(id);

    const newer = markdown.replace('two percent', 'three and a half percent');
    expect(await upload(one, 'orchard.md', 'text/markdown', newer)).toBe(id);
    expect(await readDocument(one, id, newer.length)).toMatchObject({ status: 'ready' });
    expect((await found(one, question))[0]?.snippet).toContain('three and a half');
    const { versions } = (await get(one, `/v1/documents/${id}`)).body;
    const link = await get(one, `/v1/documents/${id}/download?versionId=${versions[1].versionId}&redirect=false`);
    expect(await (await fetch(link.body.url as string)).text()).toBe(markdown);
    for (const path of [`/v1/documents/${id}`, `/v1/documents/${id}/download`])
      expect((await get(other, path)).status).toBe(404);
    expect((await api('DELETE', `/v1/documents/${id}`, { token: other.token })).status).toBe(404);

    expect((await api('DELETE', `/v1/documents/${id}`, { token: one.token })).status).toBe(204);
    expect((await found(one, question)).filter(({ documentId }) => documentId === id)).toEqual([]);
    expect((await get(one, `/v1/documents/${id}`)).status).toBe(404);
  });

  it('that cannot be read fails with its reason', async () => {
    const id = await upload(one, 'broken.pdf', 'application/pdf', 'no pdf at all');
    expect(await readDocument(one, id, 13)).toMatchObject({
      status: 'failed',
      chunks: 0,
      error: { type: '/problems/document-unreadable', detail: expect.stringContaining('is none') },
    });
  });
});
