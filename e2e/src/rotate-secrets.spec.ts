import { randomUUID } from 'node:crypto';
import { api } from './client';
import { RollingSystem, type Instance } from './rolling-system';

const rolling = new RollingSystem('rotate');
beforeAll(() => rolling.start());
afterAll(() => rolling.stop());

const urlOf = ({ port }: Instance) => `http://127.0.0.1:${port}`;

/** A step of the runbook, by its command; processes that are restarted stand for the waits. */
async function step(secret: string, name: string): Promise<void> {
  const aws = {
    AWS_ENDPOINT_URL: rolling.system.awsUrl,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  const { code, output } = await rolling.system.command('rotate', aws, secret, name, ...forced);
  expect([code, output]).toEqual([0, expect.stringContaining('key')]);
  expect(output).not.toMatch(/[A-Za-z0-9_-]{43}/);
}

const forced = ['--force', '--reason', 'every process is restarted'];
const account = { email: `${randomUUID()}@stocktool.example`, password: `pass-${randomUUID()}` };
async function tokenFrom(gateway: Instance): Promise<string> {
  const { status, body } = await api('POST', `${urlOf(gateway)}/v1/auth/login`, { body: account });
  expect(status).toBe(200);
  return body.accessToken as string;
}
const me = async (gateway: Instance, token: string) =>
  (await api('GET', `${urlOf(gateway)}/v1/auth/me`, { token })).status;
const asks = async (gateway: Instance, token: string) =>
  (await api('POST', `${urlOf(gateway)}/v1/chat`, { token, body: { message: 'How risky is AAPL in 2015?' } })).status;
const believed = async (gateway: Instance, token: string) => [await me(gateway, token), await asks(gateway, token)];
const kidOf = (token: string) =>
  (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid;

/** As a process that reads the secret again, five minutes at most after it has changed. */
const readAnew = async (...instances: Instance[]) => {
  for (const instance of instances) await rolling.restart(instance);
};
const named = (service: string) => rolling.instances.filter(({ name }) => name.replace(/-2$/, '') === service);

it('keys are replaced while gateways and chat know of it earlier and later: nobody is signed out, no answer fails', async () => {
  const [older, newer] = named('api-gateway') as [Instance, Instance];
  const chats = named('chat');
  expect((await api('POST', `${urlOf(older)}/v1/auth/register`, { body: account })).status).toBe(201);
  const first = await tokenFrom(older);
  const idempotent = {
    token: first,
    headers: { 'idempotency-key': randomUUID() },
    body: { name: 'n', scopes: ['read'] },
  };
  const shownOnce = await api('POST', `${urlOf(older)}/v1/api-keys`, idempotent);
  expect(shownOnce.status).toBe(201);

  for (const secret of ['apiKeys', 'userContext']) await step(secret, 'add');
  await readAnew(older, newer, ...chats);
  // Also what makes each process read: the keys are read when they are first needed.
  for (const gateway of [older, newer, older, newer]) expect(await believed(gateway, first)).toEqual([200, 200]);
  for (const secret of ['apiKeys', 'userContext']) await step(secret, 'switch');
  // One gateway signs with the next key; the other one and chat still sign and believe as before the switch.
  await readAnew(newer);
  const second = await tokenFrom(newer);
  expect(kidOf(second)).not.toBe(kidOf(first));
  expect(kidOf(await tokenFrom(older))).toBe(kidOf(first));
  for (const gateway of [older, newer])
    for (const token of [first, second]) expect(await believed(gateway, token)).toEqual([200, 200]);
  expect((await api('POST', `${urlOf(newer)}/v1/api-keys`, idempotent)).body).toEqual(shownOnce.body);

  await readAnew(older, ...chats);
  for (const secret of ['apiKeys', 'userContext']) await step(secret, 'retire');
  await readAnew(older, newer, ...chats);
  for (const gateway of [older, newer]) {
    expect(await believed(gateway, second)).toEqual([200, 200]);
    expect(await me(gateway, first)).toBe(401);
  }
}, 240_000);
