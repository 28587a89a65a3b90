import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { FlowClient } from './flow-client';

/** Set from outside when something else has these ports. */
const offset = Number(process.env['BENCH_PORT_OFFSET'] ?? 14_000);
const Processes = z.record(z.string(), z.number());
const stateDirectory = path.resolve(import.meta.dirname, '../../../.local/bench');

/** A whole system for a measurement, on ports and state of its own; Ctrl-C stops it with the measurement. */
export async function startBenchSystem() {
  process.env['PORT_OFFSET'] = String(offset);
  process.env['STATE_DIR'] = stateDirectory;
  rmSync(stateDirectory, { recursive: true, force: true });
  process.env['RATE_LIMIT_PER_MINUTE'] ??= '1000000';
  const { System } = await import('@stocktool/runner');
  const end = (code: number) => void system.stop().finally(() => process.exit(code));
  const system = new System({
    instances: { workers: 1, others: 1 },
    say: () => undefined,
    failed: (line) => {
      console.error(line);
      end(1);
    },
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => end(130));
  try {
    const { apiKey } = await system.start();
    const gatewayUrl = `http://127.0.0.1:${3000 + offset}`;
    const awsEndpoint = `http://127.0.0.1:${4566 + offset}`;
    return {
      client: new FlowClient(gatewayUrl, apiKey),
      gatewayUrl,
      apiKey,
      awsEndpoint,
      stateDirectory,
      /** By the name of the service. */
      processIds: Processes.parse(JSON.parse(readFileSync(path.join(stateDirectory, 'processes.json'), 'utf8'))),
      /** From here on nothing of the system listens. */
      freePort: 3600 + offset,
      stop: () => system.stop(),
    };
  } catch (error) {
    await system.stop();
    throw error;
  }
}
