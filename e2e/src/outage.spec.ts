import { setTimeout as delay } from 'node:timers/promises';
import { rmSync } from 'node:fs';
import { topology } from '@stocktool/topology';
import { api, eventually, stateDirectory } from './client';
import { LoadBalancer } from './load-balancer';
import { OwnSystem } from './own-system';
import { probedRoutes } from './probed-routes';
import { Probes, type Seen } from './probes';
import { webhookReceiver } from './webhook-receiver';

/** How long each service is dead: short in the suite, 60 for the whole measurement (docs/runbooks/outage.md). */
const outageSeconds = Number(process.env['OUTAGE_SECONDS'] ?? 3);
const testTimeoutMs = (outageSeconds + 90) * 1000;
/** The promise: whoever needs what is dead is told so in under a second. */
const toldWithinMs = 1000;
/** The load balancer, the gateway, chat: each needs the processor in its turn. */
const processesPassed = 3;

const directory = `${stateDirectory}-outage`;
rmSync(directory, { recursive: true, force: true });
const system = new OwnSystem(Number(process.env['E2E_PORT_OFFSET'] ?? 12_000) + 2500, directory, {
  METRICS_FLUSH_SECONDS: '1',
  SWEEP_SECONDS: '2',
  LEASE_SECONDS: '5',
  VISIBILITY_SECONDS: '6',
  WEBHOOK_RETRY_SECONDS: '1,2,3',
  RATE_LIMIT_PER_MINUTE: '1000000',
  AUTH_RATE_LIMIT_PER_MINUTE: '100000',
});
const { apiGateway, chat, analysisWorker, notifier, metricsCollector } = topology.services;
const both = (name: string) => [name, `${name}-2`];
const endpoint = 'local-aws';
const healthPorts = Object.entries({
  [apiGateway.name]: apiGateway.httpPort,
  [chat.name]: chat.httpPort,
  [analysisWorker.name]: analysisWorker.httpPort,
  [notifier.name]: notifier.httpPort,
  [metricsCollector.name]: metricsCollector.httpPort,
}).map(([name, port]) => ({ name, port: port + system.offset }));

let balancer: LoadBalancer;
let hook: Awaited<ReturnType<typeof webhookReceiver>>;
let baseUrl: string;
let probes: Probes;
/** Analyses that were accepted. */
const accepted: string[] = [];
/** Nothing has been stopped since all was seen to be well. */
let well = false;

beforeAll(async () => {
  await system.start('--instances', '2');
  balancer = new LoadBalancer([apiGateway.httpPort, apiGateway.httpPort + 10].map((port) => port + system.offset));
  baseUrl = await balancer.listen();
  hook = await webhookReceiver();
  probes = new Probes(await probedRoutes({ baseUrl, apiKey: system.apiKey, hookUrl: hook.url }, accepted));
  await allSucceeded();
});
/** One test's failure is not the next one's. */
beforeEach(async () => {
  if (!well) await allWell();
  well = false;
}, 120_000);
afterAll(async () => {
  hook.close();
  balancer.close();
  await system.interrupt();
});

const signal = (names: readonly string[], name: NodeJS.Signals) => {
  for (const one of names) process.kill(system.processes[one] ?? 0, name);
};

/** SIGKILL, and nobody there to start them again for as long as the outage lasts. */
const killed = async (names: readonly string[], during: (over: Promise<unknown>) => Promise<void>): Promise<void> => {
  signal(['runner'], 'SIGSTOP');
  try {
    signal(names, 'SIGKILL');
    await during(delay(outageSeconds * 1000));
  } finally {
    signal(['runner'], 'SIGCONT');
  }
};

/** As a process that hangs: its connections are there and nothing is answered. */
const hung = async (names: readonly string[], during: (over: Promise<unknown>) => Promise<void>): Promise<void> => {
  signal(names, 'SIGSTOP');
  try {
    await during(delay(outageSeconds * 1000));
  } finally {
    signal(names, 'SIGCONT');
  }
};

async function allSucceeded(): Promise<void> {
  const unfinished = new Set(accepted);
  await eventually(
    'every accepted analysis has succeeded',
    async () => {
      for (const id of unfinished) {
        const { status, body } = await api('GET', `${baseUrl}/v1/analyses/${id}`, { apiKey: system.apiKey });
        if (status === 200 && body.status === 'failed')
          throw new Error(`analysis ${id}: ${JSON.stringify(body.error)}`);
        if (status === 200 && body.status === 'succeeded') unfinished.delete(id);
      }
      return unfinished.size === 0;
    },
    60_000,
  );
}

/** Of every accepted analysis one event, under one id. */
async function allTold(): Promise<void> {
  const told = () => {
    const idsByAnalysis = new Map<string, Set<string>>();
    for (const { id, text } of hook.received) {
      const { data } = JSON.parse(text) as { data: { analysisId: string } };
      idsByAnalysis.set(data.analysisId, (idsByAnalysis.get(data.analysisId) ?? new Set()).add(id));
    }
    return idsByAnalysis;
  };
  await eventually('a webhook of each', () => Promise.resolve(told().size >= accepted.length), 60_000);
  expect([...told().keys()].sort()).toEqual([...accepted].sort());
  expect([...told().values()].filter(({ size }) => size !== 1)).toEqual([]);
}

/** One line for each route and way in which it answered. */
const sorts = (seen: readonly Seen[], line: (one: Seen) => string): string[] => [...new Set(seen.map(line))].sort();

const toldProperly = ({ answer }: Seen): boolean =>
  answer.status === 503 &&
  answer.headers.get('content-type') === 'application/problem+json' &&
  Number(answer.headers.get('retry-after')) >= 1;

const asUsual = ({ answer, usually }: Seen): boolean => answer.status === usually;

const shown = ({ route, answer }: Seen): string => `${route}: ${answer.status} ${answer.text.slice(0, 120)}`;

/** Routes that do not need `dead` answer as ever; the rest say 503 and when to come back, at once. */
function expectOutage(seen: readonly Seen[], dead: 'chat' | 'aws' | undefined): void {
  const maybe = dead === 'aws' ? '(aws)' : undefined;
  const wrong = seen.filter((one) => {
    if (one.needs.some((need) => need === dead)) return !toldProperly(one);
    if (one.needs.some((need) => need === maybe)) return !toldProperly(one) && !asUsual(one);
    return !asUsual(one);
  });
  const told = seen.filter(({ answer }) => answer.status === 503).sort((a, b) => b.milliseconds - a.milliseconds);
  // What the machine itself needed for the simplest route at that time is not the service's.
  const live = seen.filter(({ route }) => route === 'GET /health/live').map(({ milliseconds }) => milliseconds);
  process.stdout.write(
    `${dead ?? 'nothing that routes need'} away: ${seen.length} answers, ${told.length} of them 503, the slowest after ` +
      `${told[0]?.milliseconds.toFixed(0) ?? 0} ms (${told[0]?.route ?? 'none'}), half of them after ` +
      `${told[told.length >> 1]?.milliseconds.toFixed(0) ?? 0} ms; /health/live ${Math.max(...live).toFixed(0)} ms at most\n`,
  );
  const late = told.filter(({ milliseconds }) => milliseconds > toldWithinMs + processesPassed * Math.max(...live));
  expect({
    wrong: sorts(wrong, shown),
    late: sorts(late, ({ route, milliseconds }) => `${route}: ${milliseconds.toFixed(0)} ms`),
  }).toEqual({ wrong: [], late: [] });
}

/** Live asks about the process alone: an orchestrator that restarts on it must not restart everybody for one that is dead. */
async function expectAlive(dead: readonly string[]): Promise<void> {
  for (const { name, port } of healthPorts.filter((one) => !dead.includes(one.name)))
    expect([name, (await fetch(`http://127.0.0.1:${port}/health/live`)).status]).toEqual([name, 200]);
}

async function allWell(): Promise<void> {
  for (const { name, port } of healthPorts)
    await eventually(
      `${name} is ready`,
      async () => (await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined))?.status === 200,
      30_000,
    );
  await eventually('both gateways get requests', () => Promise.resolve(balancer.healthy.length === 2));
  let odd: readonly string[] = [];
  const looked = async () => {
    odd = sorts(
      (await probes.once()).filter((one) => !asUsual(one)),
      shown,
    );
    return odd.length === 0;
  };
  await eventually('every route answers as usual', looked, 30_000).catch(() => expect(odd).toEqual([]));
}

async function expectAllWellAgain(before: Record<string, number>, dead: readonly string[]): Promise<void> {
  await allWell();
  await allSucceeded();
  await allTold();
  const replaced = Object.entries(system.processes).flatMap(([name, id]) => (id === before[name] ? [] : [name]));
  expect(replaced.sort()).toEqual([...dead].sort());
  well = true;
}

it('every route of the document is asked, but for the one that tells of the others in a form of its own', async () => {
  const { body } = await api('GET', `${baseUrl}/openapi.json`);
  expect(probes.unasked(body.paths as Record<string, object>)).toEqual(['GET /health/ready']);
  well = true;
});

it.each([
  { dead: both(chat.name), needed: 'chat' as const },
  { dead: [analysisWorker.name], needed: undefined },
  { dead: both(notifier.name), needed: undefined },
  { dead: both(metricsCollector.name), needed: undefined },
  { dead: [endpoint], needed: 'aws' as const },
])(
  '$dead killed and away: who does not need it goes on, the rest is told, nothing is lost',
  async ({ dead, needed }) => {
    const before = system.processes;
    await killed(dead, async (over) => {
      const seen = await probes.during(over);
      await expectAlive(dead);
      expectOutage(seen, needed);
    });
    await expectAllWellAgain(before, dead);
  },
  testTimeoutMs,
);

it(
  'chat that hangs: the same, questions too',
  async () => {
    const before = system.processes;
    await hung(both(chat.name), async (over) => {
      const seen = await probes.during(over);
      await expectAlive([chat.name]);
      expectOutage(seen, 'chat');
    });
    await expectAllWellAgain(before, []);
  },
  testTimeoutMs,
);

it(
  'AWS that hangs: the same',
  async () => {
    const before = system.processes;
    await hung([endpoint], async (over) => {
      const seen = await probes.during(over);
      await expectAlive([]);
      expectOutage(seen, 'aws');
      const ready = await fetch(`${system.baseUrl}/health/ready`);
      expect([ready.status, Object.keys(((await ready.json()) as { error: object }).error)]).toEqual([
        503,
        expect.arrayContaining([`table ${topology.tables.users.name}`]),
      ]);
    });
    await expectAllWellAgain(before, []);
  },
  testTimeoutMs,
);

it(
  'one gateway of two killed: the other does the work of both',
  async () => {
    const before = system.processes;
    await killed([apiGateway.name], async (over) => {
      await eventually('the load balancer has noticed', () => Promise.resolve(balancer.healthy.length === 1));
      expectOutage(await probes.during(over), undefined);
    });
    await expectAllWellAgain(before, [apiGateway.name]);
  },
  testTimeoutMs,
);
