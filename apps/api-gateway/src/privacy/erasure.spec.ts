import { AnalysisTable, ResultStore } from '@stocktool/analyses';
import { Dynamo } from '@stocktool/aws-dynamodb';
import { ObjectStore } from '@stocktool/aws-s3';
import { Problem, systemClock, type Clock, type PersonalData } from '@stocktool/contracts';
import { DeliveryTable } from '@stocktool/subscriptions';
import { eventually, FixedClock, localDynamo } from '@stocktool/testing';
import { topology } from '@stocktool/topology';
import { ChatServer } from '../chat/chat-server.fixture';
import { GatewayConfig } from '../config';
import { mailTo, receive, testGateway, type TestGateway, type TestUser } from '../gateway.fixture';
import { ErasurePass, personalDataToken } from './erasure';
import { ErasureSweep } from './erasure-sweep';
import { ErasureTable } from './erasure.table';
import { footprintOf } from './footprint.fixture';

const chat = new ChatServer();
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await testGateway({ CHAT_GRPC_URL: await chat.listen() });
});
beforeEach(() => {
  chat.answers = { EraseUser: { done: true } };
});
afterAll(async () => {
  await gateway.close();
  chat.close();
});

const webhook = { channel: 'webhook', target: 'https://hooks.example.com/', events: ['analysis.*'] };
const portfolio = { kind: 'portfolio', holdings: [{ symbol: 'AAPL', weight: 1 }] };
const login = ({ email, password }: TestUser) => gateway.call('post', '/v1/auth/login').send({ email, password });

/** Something of every kind that the gateway and the services behind it keep. */
async function settledUser(name: string): Promise<TestUser & { key: string }> {
  const user = await gateway.register(name);
  const { body } = await gateway.call('post', '/v1/api-keys', user).set('idempotency-key', 'k').send({ name: 'key' });
  await gateway
    .call('put', '/v1/price-series/MINE', user)
    .set('content-type', 'text/csv')
    .send('date,close\n2024-01-02,1\n2024-01-03,2')
    .expect(201);
  await gateway
    .call('post', '/v1/watchlists', user)
    .send({ name: 'w', symbols: ['KO'] })
    .expect(201);
  await gateway.call('post', '/v1/alerts', user).send({ symbol: 'KO', above: 1 }).expect(201);
  const transactions = Array.from({ length: 1500 }, (_, n) => ({
    date: '2010-01-04',
    type: 'deposit',
    amount: ((n * 7919) % 10_007) / 100 + 1,
  }));
  await gateway.call('post', '/v1/portfolios', user).send({ name: 'p', transactions }).expect(201);
  await gateway.call('post', '/v1/analyses', user).send(portfolio).expect(202);
  const subscription = await gateway.call('post', '/v1/subscriptions', user).send(webhook).expect(201);
  const deliveries = gateway.app.get(DeliveryTable, { strict: false });
  await deliveries.createTest({ userId: user.id, id: subscription.body.id as string });
  const objects = gateway.app.get(ObjectStore, { strict: false });
  const { reports, knowledge } = topology.buckets;
  const text = { contentType: 'text/plain' };
  for (const kind of ['results', 'reports', 'index'])
    await objects.put(reports.name, `${kind}/${user.id}/x`, 'x', text);
  for (const version of ['one', 'two']) await objects.put(knowledge.name, `documents/${user.id}/x`, version, text);
  return { ...user, key: body.key as string };
}

const tableAt = (clock: Clock) =>
  new ErasureTable(gateway.app.get(Dynamo, { strict: false }), clock, gateway.app.get(GatewayConfig));

/** The sweep of some gateway, so much later. */
async function sweep(laterMs: number): Promise<void> {
  const clock = new FixedClock(new Date(systemClock.epochMs() + laterMs).toISOString());
  const table = tableAt(clock);
  const places = gateway.app.get<PersonalData[]>(personalDataToken, { strict: false });
  await new ErasureSweep(table, new ErasurePass(places, table), gateway.app.get(GatewayConfig)).sweep();
}
const minutes = (count: number) => count * 60_000;

describe('deleting an account', () => {
  it('erases all of it at once and its last trace after the second pass, and nothing of anybody else', async () => {
    const [user, other] = [await settledUser('leaving'), await settledUser('staying')];
    const before = await footprintOf(user.id, user.email);
    const kept = await footprintOf(other.id, other.email);
    expect(before.length).toBeGreaterThan(15);
    expect(kept).toHaveLength(before.length);

    const { headers } = await gateway.call('delete', '/v1/users/me', user).expect(202);
    expect(String(headers['set-cookie'])).toContain('refresh_token=; Max-Age=0');
    await gateway.call('get', '/v1/auth/me', user).expect(401);
    await gateway.call('get', '/v1/auth/me').set('x-api-key', user.key).expect(401);
    await gateway.call('post', '/v1/auth/refresh').set('cookie', user.cookie).expect(401);
    await login(user).expect(401);
    expect(await footprintOf(user.id, user.email)).toEqual([`${topology.tables.users.name} account`]);
    expect(await footprintOf(user.email)).toEqual([]);
    await sweep(minutes(2.1));
    expect(await footprintOf(user.id, user.email)).toEqual([]);
    expect(await footprintOf(other.id, other.email)).toEqual(kept);
    await gateway.call('get', '/v1/auth/me', other).expect(200);
  });

  it('goes on where it stopped, when a service was away and when the process died', async () => {
    const [failing, dying] = [await settledUser('failing'), await settledUser('dying')];
    chat.answers = { EraseUser: new Problem('dependency-unavailable', 'The chat service is away.') };
    await gateway.call('delete', '/v1/users/me', failing).expect(202);
    await tableAt(systemClock).mark(dying.id); // and no further
    for (const user of [failing, dying]) await login(user).expect(401);
    await sweep(minutes(6)); // chat is still away
    for (const user of [failing, dying]) expect(await footprintOf(user.email)).not.toEqual([]);

    chat.answers = { EraseUser: { done: true } };
    await sweep(minutes(12));
    for (const user of [failing, dying]) expect(await footprintOf(user.email)).toEqual([]);
    await sweep(minutes(20));
    for (const user of [failing, dying]) expect(await footprintOf(user.id)).toEqual([]);
  });

  it('lets nothing that was under way bring a row back', async () => {
    const user = await gateway.register();
    const { body } = await gateway.call('post', '/v1/analyses', user).send(portfolio).expect(202);
    const client = localDynamo(); // what follows is the worker's part
    const results = gateway.app.get(ResultStore, { strict: false });
    const table = new AnalysisTable(new Dynamo(client), results, systemClock);
    const started = await table.start(user.id, body.id as string, 90);
    if (!('attempt' in started)) throw new Error('not started');
    await gateway.call('delete', '/v1/users/me', user).expect(202);

    expect(await table.progress(started.attempt, 0.5)).toBe(false);
    expect(await table.renewLease(started.attempt, 90)).toBe(false);
    expect(await table.start(user.id, body.id as string, 90)).toEqual({ finished: true }); // its message comes again
    await table.insertQueued(user.id, body.id as string, started.attempt.request); // a request that was let in before
    expect(await footprintOf(body.id as string)).not.toEqual([]);
    await sweep(minutes(2.1));
    expect(await footprintOf(user.id, body.id as string)).toEqual([]);
    client.destroy();
  });

  it('frees the address at once, and the second pass leaves its new account alone', async () => {
    const user = await gateway.register();
    await gateway.call('delete', '/v1/users/me', user).expect(202);
    const { email, password } = user;
    const { body } = await gateway.call('post', '/v1/auth/register').send({ email, password }).expect(201);
    await sweep(minutes(2.1));
    expect(await footprintOf(user.id)).toEqual([]);
    expect((await login(user).expect(200)).body.user.id).toBe(body.user.id);
  });

  it('tells the owner of a proved address by mail', async () => {
    const user = await gateway.register();
    const { token } = await eventually(() => mailTo(user.email, 'verify-email'), { timeoutMs: 15_000 });
    await gateway.call('post', '/v1/auth/verify').send({ token }).expect(204);
    await gateway.call('delete', '/v1/users/me', user).expect(202);
    const goodbye = async () => (await receive('notifications')).find((text) => text.includes('goodbye-mail'));
    expect(JSON.parse((await eventually(goodbye, { timeoutMs: 15_000 })) ?? '')).toMatchObject({ to: user.email });
  });

  it('asks whether it is the user: by the password, or by a session that began just now', async () => {
    const user = await settledUser('careful');
    const remove = (credentials: Record<string, string>, body?: object) => {
      const call = gateway.call('delete', '/v1/users/me').set(credentials);
      return body ? call.send(body) : call;
    };
    const key = { 'x-api-key': user.key };
    expect((await remove(key).expect(403)).body.type).toBe('/problems/reauthentication-required');
    await remove(key, { password: 'not the password' }).expect(403);
    await remove(key, { password: user.password, sure: true }).expect(400);

    const bearer = { authorization: `Bearer ${user.token}` };
    const [session] = (await gateway.call('get', '/v1/auth/sessions', user).expect(200)).body.items as { id: string }[];
    await gateway.app.get(Dynamo, { strict: false }).update({
      TableName: topology.tables.users.name,
      Key: { userId: user.id, itemId: `session#${session!.id}` },
      UpdateExpression: 'SET createdAt = :then',
      ExpressionAttributeValues: { ':then': new Date(systemClock.epochMs() - minutes(11)).toISOString() },
    });
    await remove(bearer).expect(403);
    await gateway.call('get', '/v1/auth/me', user).expect(200);
    await remove(key, { password: user.password }).expect(202);

    const reader = await gateway.register();
    const { body } = await gateway.call('post', '/v1/api-keys', reader).send({ name: 'r', scopes: ['read'] });
    await remove({ 'x-api-key': body.key as string }, { password: reader.password }).expect(403);
  });
});
