import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DynamoDBClient, ScanCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { keep } from '@stocktool/testing';
import { type TableId, topology } from '@stocktool/topology';
import { awsSettings } from './aws';
import { api, eventually, portfolio, stateDirectory } from './client';
import { Footprint } from './footprint';
import { OwnSystem } from './own-system';
import { RecordingEndpoint } from './recording-endpoint';

const root = path.resolve(import.meta.dirname, '../..');
const version = process.env['KEEP_VERSION'] ?? '';
const programs = process.env['VERSION_DIRECTORY'] ?? root;
const samplesOfEach = 4;

const offset = Number(process.env['E2E_PORT_OFFSET'] ?? 12_000) + 2000;
const directory = `${stateDirectory}-keep`;
const recording = new RecordingEndpoint(4566 + offset);
let endpoint: ChildProcess;
let system: OwnSystem;

beforeAll(async () => {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  endpoint = spawn(process.execPath, [path.join(root, 'tools/local-aws/dist/main.js')], {
    env: { ...process.env, LOCAL_AWS_PORT: String(4566 + offset), LOCAL_AWS_DATA_DIR: path.join(directory, 'aws') },
    stdio: 'ignore',
  });
  system = new OwnSystem(offset, directory, {
    AWS_ENDPOINT_URL: await recording.listen(),
    WEBHOOK_ALLOW_PRIVATE_NETWORKS: 'true',
    RATE_LIMIT_PER_MINUTE: '1000000',
    METRICS_FLUSH_SECONDS: '1',
    WEBHOOK_RETRY_SECONDS: '1,2,3',
  });
  const answers = () =>
    fetch(`${system.awsUrl}/_localstack/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  await eventually('the endpoint answers', answers);
  const services = Object.values(topology.services).map(({ name }) => [name, programs]);
  const releases = path.join(directory, 'releases.json');
  writeFileSync(releases, JSON.stringify({ provision: programs, ...Object.fromEntries(services) }));
  await system.start('--releases', releases);
});
afterAll(async () => {
  await system.interrupt();
  recording.close();
  endpoint.kill();
});

/** Rarer things than a footprint has: a failed analysis, deliveries that fail, a channel to confirm, a forgotten password. */
async function rarerThings(at: string): Promise<void> {
  const { apiKey } = system;
  const post = async (to: string, body: object) => (await api('POST', `${at}${to}`, { apiKey, body })).body;
  for (const [channel, target] of [
    ['webhook', 'http://127.0.0.1:9/'],
    ['email', 'somebody-else@stocktool.example'],
  ])
    await post('/v1/subscriptions', { channel, target, events: ['analysis.*'] });
  // Prices of Saturdays alone have no day in common with the benchmark's: an analysis that is accepted and fails.
  await api('PUT', `${at}/v1/price-series/SATURDAYS`, {
    apiKey,
    text: 'date,close\n2014-01-04,1\n2015-06-06,3\n2017-12-23,2\n',
    headers: { 'content-type': 'text/csv' },
  });
  const saturdays = { holdings: [{ symbol: '~SATURDAYS', weight: 1 }] };
  for (const asked of [{}, saturdays]) {
    const { id } = await post('/v1/analyses', { ...portfolio, ...asked });
    await eventually('it ended', async () => {
      const { body } = await api('GET', `${at}/v1/analyses/${id}`, { apiKey });
      return ['succeeded', 'failed'].includes(body.status as string);
    });
  }
  await post('/v1/auth/password/forgot', { email: 'demo@stocktool.example' });
  await eventually('a second attempt at a delivery', () =>
    Promise.resolve(recording.sent.some(({ text }) => text.includes('delivery-due'))),
  );
}

/** What is watched: lists, portfolios of either kind, alerts before and after they fired, and what the updater makes of them. */
async function watchedThings(at: string): Promise<void> {
  const { apiKey } = system;
  const post = (to: string, body: object) => api('POST', `${at}${to}`, { apiKey, body });
  await post('/v1/watchlists', { name: 'Watched', symbols: ['KO', 'PEP'] });
  await post('/v1/portfolios', { name: 'Given', holdings: [{ symbol: 'KO', quantity: 3 }], weeklyReport: true });
  const transactions = [
    { date: '2010-01-04', type: 'buy', symbol: 'IBM', quantity: 10, price: 132.45 },
    { date: '2010-03-10', type: 'dividend', symbol: 'IBM', amount: 5.5 },
    { date: '2011-01-03', type: 'sell', symbol: 'IBM', quantity: 4, price: 147.48 },
  ];
  await post('/v1/portfolios', { name: 'Account', transactions });
  await post('/v1/alerts', { symbol: 'KO', above: 1 });
  for (const event of [{}, { schedule: 'weekly' }])
    await system.command('lambda', {}, 'stock-updater', JSON.stringify(event));
  await post('/v1/alerts', { symbol: 'KO', below: 1, changePercent: 50 });
  await eventually('an alert', () => Promise.resolve(recording.sent.some(({ text }) => text.includes('price.alert'))));
}

/** Whose address is proved: a goodbye is sent. */
async function deleteDemoAccount(at: string): Promise<void> {
  const file = path.join(directory, 'demo-account.json');
  const { email, password } = JSON.parse(readFileSync(file, 'utf8')) as { email: string; password: string };
  const { body } = await api('POST', `${at}/v1/auth/login`, { body: { email, password } });
  await api('DELETE', `${at}/v1/users/me`, { token: body.accessToken as string, body: { password } });
}

it(`keeps what ${version} writes into queues and tables`, async () => {
  await Footprint.leftAt(system.baseUrl);
  await rarerThings(system.baseUrl);
  await watchedThings(system.baseUrl);
  const rows = await allRows();
  await deleteDemoAccount(system.baseUrl);
  await eventually('the goodbye', () =>
    Promise.resolve(recording.sent.some(({ text }) => text.includes('goodbye-mail'))),
  );

  const samples = new Map<string, { shape: string; one: unknown }[]>();
  const add = (name: string, shape: string, one: unknown) => {
    const known = samples.get(name) ?? [];
    if (known.length < samplesOfEach && !known.some((other) => other.shape === shape)) known.push({ shape, one });
    samples.set(name, known);
  };
  for (const { to, text } of recording.sent) {
    const one = JSON.parse(text) as Record<string, unknown>;
    add(nameOfMessage(to), shapeOf(one), one);
  }
  for (const { table, row } of rows) add(nameOfRow(table, row), shapeOf(row), { row: withoutSecrets(row) });
  for (const [name, known] of samples) keep({ version, written: known.map(({ one }) => one) }, name);
  process.stdout.write(`kept: ${[...samples.keys()].sort().join(', ')}\n`);
}, 120_000);

async function allRows() {
  const dynamo = new DynamoDBClient(awsSettings(system.awsUrl));
  const rows: { table: TableId; row: Record<string, AttributeValue> }[] = [];
  for (const [table, { name: TableName }] of Object.entries(topology.tables)) {
    const { Items = [] } = await dynamo.send(new ScanCommand({ TableName }));
    rows.push(...Items.map((row) => ({ table: table as TableId, row })));
  }
  dynamo.destroy();
  return rows;
}

const queueIds = new Map(Object.entries(topology.queues).map(([id, { name }]) => [name, id]));
const topicIds = new Map<string, string>(Object.entries(topology.topics).map(([id, { name }]) => [name, id]));

function nameOfMessage(to: string): string {
  const queue = queueIds.get(to);
  return queue === undefined ? `topics/${topicIds.get(to.split(':').at(-1) ?? '')}` : `queues/${queue}`;
}

/** By the table and the first word of the key that says what kind of row it is. */
function nameOfRow(table: TableId, row: Record<string, AttributeValue>): string {
  const { partitionKey, sortKey } = topology.tables[table];
  const [partition = '', sort = ''] = [row[partitionKey]?.S, row[sortKey]?.S];
  const [scope] = /^[a-z-]+(?=#)/i.exec(partition) ?? [];
  if (scope === 'stream') return `rows/${table}/stream-${/^0+$/.test(sort) ? 'head' : 'part'}`;
  const [word] = /^[a-z-]+(?=#|$)/i.exec(sort) ?? [];
  return `rows/${table}/${scope ?? word ?? (sort === '0' ? 'header' : 'item')}`;
}

/** One sample for each set of names and each state is enough. */
const shapeOf = (value: object): string =>
  JSON.stringify([
    Object.keys(value).sort(),
    ...['status', 'type', 'kind', 'role'].map((name) => (value as Record<string, unknown>)[name]),
  ]);

/** Binary values in base64; the signing key of a webhook would look like somebody's. */
const withoutSecrets = (row: Record<string, AttributeValue>): unknown =>
  JSON.parse(
    JSON.stringify(row, (_key, value: unknown) =>
      isBinary(value) ? Buffer.from(Object.values(value)).toString('base64') : value,
    ).replace(/whsec_[\w+/=]+/g, (secret) => `whsec_${'A'.repeat(secret.length - 6)}`),
  );

const isBinary = (value: unknown): value is Record<string, number> => value instanceof Uint8Array;
