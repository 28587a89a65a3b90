import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import autocannon from 'autocannon';
import { median } from '../statistics';

const rounds = 3;
const seconds = 3;
const connections = 16;

interface Target {
  readonly name: string;
  readonly url: string;
  readonly headers?: Record<string, string>;
}

/** Several servers under the same load in turns, so that a slow moment of the machine meets all of them. */
export async function overHttp(gatewayUrl: string, apiKey: string) {
  const bare = spawn(process.execPath, [path.join(import.meta.dirname, 'bare-route.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(bare.stdout, 'data')) as [Buffer];
  const targets: Target[] = [
    { name: 'bare Fastify route', url: `${line.toString().trim()}/v1/quotes/AAPL` },
    { name: 'gateway, open live route', url: `${gatewayUrl}/health/live` },
    { name: 'gateway, cached quote', url: `${gatewayUrl}/v1/quotes/AAPL`, headers: { 'x-api-key': apiKey } },
  ];
  const found = targets.map(({ name }) => ({ name, perSecond: [] as number[], p99Ms: [] as number[] }));
  for (const { url, headers } of targets) await load(url, headers, 1);
  for (let round = 0; round < rounds; round++) {
    for (const [i, { url, headers }] of targets.entries()) {
      const { requests, latency, non2xx } = await load(url, headers, seconds);
      if (non2xx > 0) throw new Error(`${non2xx} answers of ${url} were no quotes`);
      found[i]!.perSecond.push(requests.average);
      found[i]!.p99Ms.push(latency.p99);
    }
  }
  bare.kill();
  const rows = found.map(({ name, perSecond, p99Ms }) => ({
    name,
    perSecond: Math.round(median(perSecond)),
    p99Ms: median(p99Ms),
    microsecondsPerRequest: Number((1e6 / median(perSecond)).toFixed(1)),
  }));
  return {
    connections,
    rows,
    rateRatio: rows[2]!.perSecond / rows[0]!.perSecond,
    p99Ratio: rows[2]!.p99Ms / rows[0]!.p99Ms,
  };
}

const load = (url: string, headers: Record<string, string> | undefined, duration: number) =>
  autocannon({ url, connections, duration, ...(headers && { headers }) });
