import { AccountExport, Problem, type PersonalData } from '@stocktool/contracts';
import { DeliveryTable } from '@stocktool/subscriptions';
import { topology } from '@stocktool/topology';
import { ChatServer } from '../chat/chat-server.fixture';
import { testGateway, type TestGateway } from '../gateway.fixture';
import { personalDataToken } from './erasure';

const chat = new ChatServer();
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await testGateway({ CHAT_GRPC_URL: await chat.listen() });
});
afterAll(async () => {
  await gateway.close();
  chat.close();
});

const at = '2026-01-05T14:30:00.000Z';
const conversation = {
  id: '01972f7e-8b6c-7c3a-9d5e-0a1b2c3d4e5f',
  title: 'Risk?',
  createdAt: at,
  lastMessageAt: at,
  expiresAt: at,
};

/** Tables of which nothing is a user's; every other has a `PersonalData`. */
const nobodys = {
  stockCache: 'quotes of public symbols; private series are never cached in it',
  erasures: 'hashes of the ids of erased accounts, which tell nobody whose they were',
  audit: 'what administrators did, kept as evidence',
} as const;

describe('personal data', () => {
  it('has a place for every table, or a reason why it holds nothing of a user', () => {
    const places = gateway.app.get<PersonalData[]>(personalDataToken, { strict: false });
    const covered = places.flatMap(({ tables }) => tables);
    const left = Object.entries(topology.tables).filter(([, { name }]) => !covered.includes(name));
    expect(left.map(([id]) => id).sort()).toEqual(Object.keys(nobodys).sort());
  });
});

describe('an export', () => {
  it('is one document with all that a user has, nothing of another, and no secret', async () => {
    const [user, other] = [await gateway.register('exporting'), await gateway.register('other')];
    for (const one of [user, other]) {
      await gateway.call('post', '/v1/api-keys', one).send({ name: 'key' }).expect(201);
      await gateway
        .call('post', '/v1/analyses', one)
        .send({ kind: 'portfolio', holdings: [{ symbol: 'AAPL', weight: 1 }] });
    }
    for (const name of ['ONE', 'TWO'])
      await gateway
        .call('put', `/v1/price-series/${name}`, user)
        .set('content-type', 'text/csv')
        .send('date,close\n2024-01-02,1.5\n2024-01-03,2')
        .expect(201);
    const [holdings, transactions] = [
      [{ symbol: 'KO', quantity: 1 }],
      [{ date: '2010-01-04', type: 'deposit', amount: 5 }],
    ];
    await gateway.call('post', '/v1/portfolios', user).send({ name: 'p', holdings, transactions }).expect(201);
    await gateway
      .call('post', '/v1/watchlists', user)
      .send({ name: 'w', symbols: ['KO'] })
      .expect(201);
    const document = { name: 'd.md', contentType: 'text/markdown', size: 5 };
    await gateway.call('post', '/v1/documents', user).send(document).expect(201);
    await gateway.call('post', '/v1/alerts', user).send({ symbol: 'KO', above: 1 }).expect(201);
    const webhook = { channel: 'webhook', target: 'https://hooks.example.com/', events: ['analysis.*'] };
    const subscription = await gateway.call('post', '/v1/subscriptions', user).send(webhook).expect(201);
    const subscriptionId = subscription.body.id as string;
    await gateway.app.get(DeliveryTable, { strict: false }).createTest({ userId: user.id, id: subscriptionId });
    chat.answers = {
      ListConversations: { items: [conversation], nextCursor: null },
      GetConversation: { ...conversation, messages: [] },
    };

    const { text, headers } = await gateway.call('get', '/v1/users/me/export', user).expect(200);
    expect(headers['content-type']).toContain('application/json');
    expect(headers['content-disposition']).toContain('attachment');
    const found = AccountExport.parse(JSON.parse(text));
    expect(found.account).toMatchObject({ id: user.id, email: user.email, emailVerified: false });
    expect(found.conversations).toEqual([{ ...conversation, messages: [] }]);
    expect(found.priceSeries.map(({ symbol, rows }) => [symbol, rows.map(({ close }) => close)])).toEqual([
      ['~ONE', [1.5, 2]],
      ['~TWO', [1.5, 2]],
    ]);
    expect(found.analyses).toMatchObject([{ status: 'queued', request: { holdings: [{ symbol: 'AAPL' }] } }]);
    expect(found.portfolios).toMatchObject([{ name: 'p', holdings, transactions }]);
    expect(found.watchlists).toMatchObject([{ name: 'w', symbols: ['KO'] }]);
    expect(found.documents).toMatchObject([{ name: 'd.md', status: 'pending', versions: [], downloads: [] }]);
    expect(found.alerts).toMatchObject([{ symbol: 'KO', above: 1 }]);
    expect(found.subscriptions).toMatchObject([{ id: subscriptionId, target: webhook.target }]);
    expect(found.deliveries).toMatchObject([{ subscriptionId, eventType: 'subscription.test' }]);
    expect([found.sessions.length, found.apiKeys.length]).toEqual([1, 1]);
    expect(text).not.toContain(other.id);
    expect(text).not.toMatch(/hash|secret|whsec|argon2/i);
    expect(chat.asked.every(({ context }) => context.sub === user.id)).toBe(true);
  });

  it('fails as a problem when the chat service is away, and the next one is let in', async () => {
    const user = await gateway.register();
    chat.answers = { ListConversations: new Problem('dependency-unavailable', 'Away.') };
    await gateway.call('get', '/v1/users/me/export', user).expect(503);
    chat.answers = { ListConversations: { items: [], nextCursor: null } };
    const { body } = await gateway.call('get', '/v1/users/me/export', user).expect(200);
    expect(body.conversations).toEqual([]);
    await gateway.call('get', '/v1/users/me/export', user).expect(200);
  });
});
