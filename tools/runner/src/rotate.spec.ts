import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { startLocalAws, type LocalAws } from '@stocktool/local-aws';
import { topology } from '@stocktool/topology';
import { rotate, TooEarly } from './rotate';

const before = { ...process.env };
const said: string[] = [];
const say = console.log;
let aws: LocalAws;
let client: SecretsManagerClient;
beforeAll(async () => {
  aws = await startLocalAws({ port: 0 });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: topology.region,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  client = new SecretsManagerClient({});
  const secret = (Name: string, key: string) =>
    client.send(new CreateSecretCommand({ Name, SecretString: JSON.stringify({ [key]: 'first' }) }));
  await secret('stocktool/api-keys', 'accessTokenKey');
  await secret('stocktool/user-context', 'userContextKey');
  console.log = (line: string) => void said.push(line);
});
afterAll(async () => {
  console.log = say;
  client.destroy();
  await aws.stop();
  process.env = before;
});

async function keysOf(SecretId: string): Promise<string | string[]> {
  const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId }));
  return Object.values(JSON.parse(SecretString) as Record<string, string | string[]>)[0]!;
}
const later = (minutes: number) => () => Date.now() + minutes * 60_000;
/** In how many minutes the refused step says that it is allowed. */
async function minutesUntil(step: Promise<number>): Promise<number> {
  const refusal: unknown = await step.catch((error: unknown) => error);
  if (!(refusal instanceof TooEarly)) throw new Error('it was not refused');
  expect(refusal.message).toContain(refusal.allowedAt.toISOString());
  return Math.round((refusal.allowedAt.getTime() - Date.now()) / 60_000);
}

describe('a rotation', () => {
  // Five minutes until every process has read a secret again, one for clocks; tokens live 15, the context of a call one.
  it.each([
    { id: 'apiKeys', name: 'stocktool/api-keys', retireAfter: 21 },
    { id: 'userContext', name: 'stocktool/user-context', retireAfter: 7 },
  ])('of $id goes on only when nobody loses anything by it', async ({ id, name, retireAfter }) => {
    await expect(rotate([id, 'retire'], later(60))).rejects.toThrow('no key to retire');
    await rotate([id, 'add']);
    const [first, second] = await keysOf(name);
    expect(await minutesUntil(rotate([id, 'switch']))).toBe(6);
    expect(await keysOf(name)).toEqual([first, second]);
    await rotate([id, 'switch'], later(6.1));
    expect(await minutesUntil(rotate([id, 'retire']))).toBe(retireAfter);
    expect(await minutesUntil(rotate([id, 'retire'], later(retireAfter - 0.1)))).toBe(retireAfter);
    expect(await keysOf(name)).toEqual([second, first]);
    await rotate([id, 'retire'], later(retireAfter + 0.1));
    expect(await keysOf(name)).toBe(second);
  });

  it('is forced for a reason, which is said', async () => {
    await rotate(['apiKeys', 'add']);
    await expect(rotate(['apiKeys', 'switch', '--force'])).rejects.toThrow('--reason');
    await expect(rotate(['apiKeys', 'switch', '--reason', 'no hurry'])).rejects.toThrow('--force');
    for (const step of ['switch', 'retire']) await rotate(['apiKeys', step, '--force', '--reason', 'a key was seen']);
    expect(typeof (await keysOf('stocktool/api-keys'))).toBe('string');
    expect(said.filter((line) => line.includes('a key was seen'))).toHaveLength(2);
  });

  it('never shows a key', async () => {
    expect(said.join(' ')).not.toContain(await keysOf('stocktool/api-keys'));
  });
});
