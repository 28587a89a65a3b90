import path from 'node:path';
import autocannon from 'autocannon';
import { median, percentile } from '../statistics';
import { cpuMicroseconds, TargetProcesses, type Target } from '../system/target-processes';

/** What a request passes in the gateway beyond Nest, in the order in which it passes them; `LOG_LEVEL` and the rest as in production. */
const parts = ['headers', 'limits', 'authentication', 'validation', 'metrics', 'log'] as const;

const rounds = 5;
const seconds = 2;
const connections = 16;

interface Measured {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the server, for a request. */
  readonly cpuMicroseconds: number;
}

export interface GatewayUnderLoad {
  readonly url: string;
  readonly apiKey: string;
  readonly processId: number;
  readonly stateDirectory: string;
  readonly firstPort: number;
}

/**
 * A cached quote over HTTP beside a bare Fastify route, and the gateway with one part of a request after the other put in. All
 * servers run at once and are asked in turns, so that a slow moment of the machine meets all of them, each by the same client: one
 * process, 16 connections kept alive, one request at a time on each.
 */
export async function overHttp(gateway: GatewayUnderLoad) {
  const processes = new TargetProcesses(path.join(gateway.stateDirectory, 'targets'), gateway.firstPort);
  try {
    const targets = await start(processes, gateway);
    const found = targets.map((): Measured[] => []);
    for (const target of targets) await load(target, 1);
    for (let round = 0; round < rounds; round++)
      for (const [i, target] of targets.entries()) found[i]!.push(await load(target, seconds));
    return summary(targets, found);
  } finally {
    processes.stop();
  }
}

async function start(processes: TargetProcesses, gateway: GatewayUnderLoad): Promise<Target[]> {
  const quote = '/v1/quotes/AAPL';
  const headers = { 'x-api-key': gateway.apiKey };
  const bare = await processes.start('bare Fastify route', 'bench/src/market-data/bare-route.mjs', {
    readyPath: quote,
  });
  const { url, processId } = gateway;
  const targets: Target[] = [
    { ...bare, url: `${bare.url}${quote}` },
    { name: 'gateway, cached quote', url: `${url}${quote}`, headers, processId },
    { name: 'gateway, open live route', url: `${url}/health/live`, headers: {}, processId },
  ];
  for (let has = 0; has <= parts.length; has++) {
    const name = has === 0 ? 'Nest, request id, context, quote' : `+ ${parts[has - 1]!}`;
    const fixture = 'apps/api-gateway/src/hot-path.fixture.ts';
    const target = await processes.start(name, fixture, { arguments_: parts.slice(has) });
    targets.push({ ...target, url: `${target.url}${quote}`, headers });
  }
  return targets;
}

async function load({ url, headers, processId }: Target, duration: number): Promise<Measured> {
  const latencies: number[] = [];
  const others = new Set<number>();
  const cpuBefore = cpuMicroseconds(processId);
  const startedAt = performance.now();
  let endedAt = startedAt;
  await new Promise<void>((resolve, reject) => {
    const run = autocannon({ url, connections, duration, headers }, (error: unknown) =>
      error instanceof Error ? reject(error) : resolve(),
    );
    // autocannon's own percentiles are whole milliseconds.
    run.on('response', (_client, status, _bytes, latencyMs) => {
      if (status !== 200) others.add(status);
      latencies.push(latencyMs);
      endedAt = performance.now();
    });
  });
  if (others.size > 0) throw new Error(`${url} answered ${[...others].join()}`);
  return {
    perSecond: latencies.length / ((endedAt - startedAt) / 1000),
    p50Ms: percentile(latencies, 50),
    p99Ms: percentile(latencies, 99),
    cpuMicroseconds: (cpuMicroseconds(processId) - cpuBefore) / latencies.length,
  };
}

function summary(targets: readonly Target[], found: readonly (readonly Measured[])[]) {
  const middle = (of: readonly Measured[], what: keyof Measured) => median(of.map((each) => each[what]));
  const rows = found.map((of, i) => ({
    name: targets[i]!.name,
    perSecond: Math.round(middle(of, 'perSecond')),
    microseconds: rounded(1e6 / middle(of, 'perSecond')),
    cpuMicroseconds: rounded(middle(of, 'cpuMicroseconds')),
    p50Ms: rounded(middle(of, 'p50Ms'), 2),
    p99Ms: rounded(middle(of, 'p99Ms'), 2),
  }));
  const [bare, quote, , ...ladder] = rows as [Row, Row, Row, ...Row[]];
  const costs = ladder.map((row, i) => ({
    part: row.name,
    microseconds: rounded(row.microseconds - (ladder[i - 1] ?? bare).microseconds),
    cpuMicroseconds: rounded(row.cpuMicroseconds - (ladder[i - 1] ?? bare).cpuMicroseconds),
  }));
  return {
    connections,
    rows,
    costs,
    rateRatio: quote.perSecond / bare.perSecond,
    cpuRatio: quote.cpuMicroseconds / bare.cpuMicroseconds,
    p99Ratio: quote.p99Ms / bare.p99Ms,
  };
}

interface Row {
  readonly name: string;
  readonly perSecond: number;
  readonly microseconds: number;
  readonly cpuMicroseconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const rounded = (value: number, digits = 1): number => Number(value.toFixed(digits));
