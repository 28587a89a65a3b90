import { spawn } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { topology } from '@stocktool/topology';
import { Cron } from 'croner';
import { Failure } from './failure';
import { awsEnvironment, bundle, root } from './settings';

/** Lambda's own limit for this function holds here too. */
const timeoutMs = topology.functions.stockUpdater.timeoutSeconds * 1000;

/** Runs the bundled handler once in a process of its own, as Lambda would, and gives what it answered. */
export function invokeStockUpdater(event: object = {}): Promise<string> {
  const handler = pathToFileURL(bundle('apps/stock-updater', 'handler.js')).href;
  // The answer has a channel of its own: log lines on stdout come when they come.
  const script = `
    const { writeFileSync } = await import('node:fs');
    const { handler } = await import(${JSON.stringify(handler)});
    const answer = await handler(${JSON.stringify(event)}, { functionName: 'stock-updater', awsRequestId: crypto.randomUUID() });
    writeFileSync(3, JSON.stringify(answer ?? null));
    process.exit(0);`;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      env: {
        ...process.env,
        ...awsEnvironment,
        AWS_SDK_UA_APP_ID: 'stock-updater',
        DATA_DIR: path.join(root, 'data'),
        MARKET_DATA: process.env['MARKET_DATA'] ?? 'bundled',
      },
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
    });
    let answer = '';
    let errors = '';
    child.stdio[3]?.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(answer);
      else
        reject(
          new Failure(
            `The stock updater failed: ${errors.split('\n').find((line) => /Error/.test(line)) ?? errors.slice(0, 300)}`,
          ),
        );
    });
  });
}

/** What EventBridge Scheduler does in AWS: calls the function at the times of the topology, one call at a time for each. */
export function scheduleStockUpdater(say: (line: string) => void): () => void {
  const jobs = Object.values(topology.schedules).map(
    ({ cron, timeZone, input }) =>
      new Cron(cron, { timezone: timeZone, protect: true, unref: true }, async () => {
        await invokeStockUpdater(input).catch((error: unknown) =>
          say(error instanceof Error ? error.message : String(error)),
        );
      }),
  );
  return () => jobs.forEach((job) => job.stop());
}
