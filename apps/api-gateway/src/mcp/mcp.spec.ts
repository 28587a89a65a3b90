import type { AddressInfo } from 'node:net';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { Problem } from '@stocktool/contracts';
import { ChatServer } from '../chat/chat-server.fixture';
import { testGateway, type TestGateway, type TestUser } from '../gateway.fixture';

const chat = new ChatServer();
let gateway: TestGateway;
let user: TestUser;
let base: string;
const keys: Record<'reading' | 'writing', string> = { reading: '', writing: '' };
beforeAll(async () => {
  gateway = await testGateway({ CHAT_GRPC_URL: await chat.listen() });
  user = await gateway.register();
  await gateway.app.listen(0, '127.0.0.1');
  base = `http://127.0.0.1:${(gateway.app.getHttpServer().address() as AddressInfo).port}/mcp`;
  const keyWith = async (name: string, scopes: string[]) =>
    (await gateway.call('post', '/v1/api-keys', user).send({ name, scopes }).expect(201)).body.key as string;
  keys.reading = await keyWith('reading', ['read']);
  keys.writing = await keyWith('writing', ['read', 'write']);
});
beforeEach(() => {
  chat.asked.length = 0;
  chat.answers = { ListTools: { tools }, CallTool: { ok: true, result: quote } };
});
afterAll(async () => {
  await gateway.close();
  chat.close();
});

const schema = { type: 'object', properties: { symbol: { type: 'string' } } };
const tools = [
  { name: 'get_stock_quote', description: 'A price.', keeps: false, inputSchema: schema, outputSchema: schema },
  { name: 'analyze_portfolio', description: 'An analysis.', keeps: true, inputSchema: schema, outputSchema: schema },
];
const quote = { symbol: 'AAPL', price: 129.93, asOf: '2022-12-28T21:00:00.000Z' };

async function connected(key: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(
    new StreamableHTTPClientTransport(new URL(base), { requestInit: { headers: { 'x-api-key': key } } }),
  );
  try {
    await work(client);
  } finally {
    await client.close();
  }
}
const post = (body: object, headers: Record<string, string> = {}) =>
  fetch(base, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
    body: JSON.stringify(body),
  });
const saidIn = ({ content }: { [key: string]: unknown }): unknown => JSON.parse((content as { text: string }[])[0]!.text); // prettier-ignore
const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };

describe('the tools over MCP', () => {
  it('are listed and called by a client of the protocol, results with their date as structured content', async () => {
    await connected(keys.writing, async (client) => {
      const listed = await client.listTools();
      expect(listed.tools.map(({ name }) => name)).toEqual(['get_stock_quote', 'analyze_portfolio']);
      const answer = await client.callTool({ name: 'get_stock_quote', arguments: { symbol: 'AAPL', asOf: '2022-12-28' } }); // prettier-ignore
      expect(answer.structuredContent).toEqual(quote);
      expect(saidIn(answer)).toEqual(quote);
    });
    const call = chat.asked.find((asked) => asked.call === 'CallTool')!;
    const args = { symbol: 'AAPL', asOf: '2022-12-28' };
    expect(call.request).toEqual({ name: 'get_stock_quote', arguments: args, mayKeep: true });
    expect(call.context).toMatchObject({ sub: user.id, aud: 'chat' });
  });

  it('that keep something are not shown to a key that may only read, which the chat service is told with each call', async () => {
    await connected(keys.reading, async (client) => {
      expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['get_stock_quote']);
      chat.answers['CallTool'] = new Problem('forbidden', 'This key does not have the scope `write`.');
      const refused = await client.callTool({ name: 'analyze_portfolio', arguments: {} });
      expect(refused.isError).toBe(true);
      expect(saidIn(refused)).toMatchObject({ error: { code: 'forbidden' } });
    });
    expect(chat.asked.at(-1)!.request).toMatchObject({ name: 'analyze_portfolio', mayKeep: false });
  });

  it('tell the model what went wrong, in a result that is an error', async () => {
    const error = { code: 'symbol-not-found', title: 'Symbol not found', detail: 'There is no symbol NOPE.' };
    chat.answers['CallTool'] = { ok: false, result: { error } };
    await connected(keys.reading, async (client) => {
      const call = () => client.callTool({ name: 'get_stock_quote', arguments: { symbol: 'NOPE' } });
      const failed = await call();
      expect(failed).not.toHaveProperty('structuredContent'); // clients check it by the schema of a result
      expect([failed.isError, saidIn(failed)]).toEqual([true, { error }]);
      chat.answers['CallTool'] = new Problem('too-many-requests', 'At most four.', { retryAfterSeconds: 1 });
      expect(saidIn(await call())).toMatchObject({ error: { code: 'too-many-requests' } });
    });
  });

  it('are answered as every route is when the chat service is away, or answers what nobody expects', async () => {
    const key = { 'x-api-key': keys.reading };
    const call = { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'get_stock_quote', arguments: {} } };
    chat.answers['ListTools'] = new Problem('dependency-unavailable', 'Away.', { retryAfterSeconds: 2 });
    chat.answers['CallTool'] = chat.answers['ListTools'];
    for (const message of [list, call]) {
      const answer = await post(message, key);
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
      expect(await answer.json()).toMatchObject({ type: '/problems/dependency-unavailable' });
    }
    chat.answers['ListTools'] = { tools: 'none' };
    const opaque = await post(list, key);
    expect(opaque.status).toBe(500);
    expect(await opaque.text()).not.toContain('tools');
  });

  it('are for callers that are known, from no other site, one message at a time', async () => {
    expect((await post(list)).status).toBe(401);
    expect((await post(list, { 'x-api-key': 'sk_nonsense' })).status).toBe(401);
    expect((await post(list, { authorization: `Bearer ${user.token}` })).status).toBe(200);
    const key = { 'x-api-key': keys.reading };
    expect((await post(list, { ...key, origin: 'https://other.example' })).status).toBe(403);
    expect((await post([list, list], key)).status).toBe(400);
    expect((await post({ id: 1 }, key)).status).toBe(400);
    for (const method of ['GET', 'DELETE']) {
      const answer = await fetch(base, { method, headers: key });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
    }
    expect((await post(list, key)).headers.get('ratelimit-limit')).toBeTruthy();
  });

  it('answer a notification with nothing, and an unknown method as the protocol does', async () => {
    const key = { 'x-api-key': keys.reading };
    expect((await post({ jsonrpc: '2.0', method: 'notifications/initialized' }, key)).status).toBe(202);
    const unknown = await post({ jsonrpc: '2.0', id: 7, method: 'resources/list' }, key);
    expect(await unknown.json()).toMatchObject({ id: 7, error: { code: -32601 } });
  });
});
