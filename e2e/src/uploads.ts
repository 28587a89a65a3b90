import { api, eventually, type User } from './client';

/** Asks for a link, puts the bytes there; the document's id. */
export async function upload(user: User, name: string, contentType: string, bytes: string | Buffer): Promise<string> {
  const size = Buffer.byteLength(bytes);
  const asked = await api('POST', '/v1/documents', { token: user.token, body: { name, contentType, size } });
  expect(asked.status).toBe(201);
  const { url, method, headers } = asked.body.upload as {
    url: string;
    method: string;
    headers: Record<string, string>;
  };
  expect((await fetch(url, { method, headers, body: bytes as string })).status).toBe(200);
  return asked.body.id as string;
}

/** The document once its newest version, known by its size, is ready or has failed. */
export const readDocument = (user: User, id: string, size: number) =>
  eventually('the document was read', async () => {
    const { body } = await api('GET', `/v1/documents/${id}`, { token: user.token });
    const read = ['ready', 'failed'].includes(body.status as string) && body.versions[0].size === size;
    return read ? body : false;
  });
