import { rmSync } from 'node:fs';
import { topology } from '@stocktool/topology';
import { api, eventually, stateDirectory } from './client';
import { OwnSystem } from './own-system';
import { Load } from './load';
import { LoadBalancer } from './load-balancer';
import { webhookReceiver } from './webhook-receiver';

const directory = `${stateDirectory}-rolling`;
rmSync(directory, { recursive: true, force: true });
const system = new OwnSystem(Number(process.env['E2E_PORT_OFFSET'] ?? 12_000) + 2000, directory, {
  DRAIN_GRACE_SECONDS: '1',
  SWEEP_SECONDS: '2',
  METRICS_FLUSH_SECONDS: '1',
  RATE_LIMIT_PER_MINUTE: '1000000',
});

/** Two of each service, with the port that its health is asked on. */
const services = Object.values(topology.services);
const first = services.map(({ name, httpPort }) => ({ name: `${name}`, port: httpPort + system.offset }));
const second = first.map(({ name, port }) => ({ name: `${name}-2`, port: port + 10 }));
const instances = [...first, ...second];
const gateways = instances.filter(({ name }) => name.startsWith(topology.services.apiGateway.name));
let balancer: LoadBalancer;
let baseUrl: string;
let hook: Awaited<ReturnType<typeof webhookReceiver>>;

beforeAll(async () => {
  await system.start('--instances', '2', '--workers', '2');
  balancer = new LoadBalancer(gateways.map(({ port }) => port));
  baseUrl = await balancer.listen();
  hook = await webhookReceiver();
});
afterAll(async () => {
  hook.close();
  balancer.close();
  await system.interrupt();
});

/** As a rolling deployment replaces one task: SIGTERM, and the next one only when the new one is ready. */
async function restart({ name, port }: (typeof instances)[number]): Promise<void> {
  const before = system.processes[name];
  if (before === undefined) throw new Error(`${name} does not run`);
  process.kill(before, 'SIGTERM');
  await eventually(`another ${name}`, () => Promise.resolve(system.processes[name] !== before));
  await eventually(`${name} is ready`, async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
    await answer?.body?.cancel();
    return answer?.status === 200;
  });
  await eventually('both gateways get requests', () => Promise.resolve(balancer.healthy.length === gateways.length));
}

it('replaces one instance of each service, then the other, under load: no request fails, no stream loses or repeats an event', async () => {
  const { apiKey } = system;
  const subscription = await api('POST', `${baseUrl}/v1/subscriptions`, {
    apiKey,
    body: { channel: 'webhook', target: hook.url, events: ['analysis.*'] },
  });
  expect(subscription.status).toBe(201);

  const load = new Load(baseUrl, apiKey);
  await eventually('the load is running', () => Promise.resolve(load.analyses.length > 5));
  for (const round of [first, second]) await Promise.all(round.map(restart));
  await load.stop();

  expect(load.failures).toEqual([]);
  expect(load.requests).toBeGreaterThan(200);
  expect(load.streams).toBeGreaterThan(20);
  const ends = system.output.split('\n').filter((line) => line.includes('started again'));
  expect(ends.sort()).toEqual(instances.map(({ name }) => `${name} ended with code 0; started again (1 of 5).`).sort());

  const unfinished = new Set(load.analyses);
  await eventually(
    'every analysis ended',
    async () => {
      for (const id of unfinished) {
        const { body } = await api('GET', `${baseUrl}/v1/analyses/${id}`, { apiKey });
        if (body.status === 'failed') throw new Error(`analysis ${id} failed: ${JSON.stringify(body.error)}`);
        if (body.status === 'succeeded') unfinished.delete(id);
      }
      return unfinished.size === 0;
    },
    30_000,
  );
  const webhookIds = () => new Set(hook.received.map(({ id }) => id));
  await eventually('a webhook of each', () => Promise.resolve(webhookIds().size >= load.analyses.length), 30_000);
  const told = hook.received.map(
    ({ id, text }) => `${(JSON.parse(text) as { data: { analysisId: string } }).data.analysisId} ${id}`,
  );
  expect(new Set(told).size).toBe(load.analyses.length);
  expect(new Set(told.map((line) => line.slice(0, 36)))).toEqual(new Set(load.analyses));
  process.stdout.write(
    `rolling restart: ${load.requests} requests, ${load.streams} streams (${load.resumes} resumed), ${load.analyses.length} analyses, 0 failed\n`,
  );
});
