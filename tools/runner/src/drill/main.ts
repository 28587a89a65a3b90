import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { oneLine } from '../failure';
import { directories } from '../settings';
import { System } from '../system';
import { Drill, isKept } from './drill';
import { told } from './told';

/** Started by `npm run drill` with ports and state of its own. */
const whole = { type: 'string' } as const;
const { values } = parseArgs({
  options: {
    users: { ...whole, default: '20' },
    writers: { ...whole, default: '4' },
    seconds: { ...whole, default: '10' },
  },
});
const options = { users: Number(values.users), writers: Number(values.writers), loadSeconds: Number(values.seconds) };

rmSync(directories.state, { recursive: true, force: true });
const system = new System({
  instances: { workers: 1, others: 1 },
  say: () => undefined,
  failed: (line) => void end(1, line),
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void end(130));

try {
  await system.start();
  const drill = new Drill(options, console.log);
  const reports = await drill.run().finally(() => drill.close());
  for (const report of reports) console.log(told(report));
  console.log(JSON.stringify(reports));
  await end(reports.every(isKept) ? 0 : 1);
} catch (error) {
  await end(1, oneLine(error));
}

async function end(code: number, line?: string): Promise<never> {
  if (line !== undefined) console.error(line);
  await system.stop();
  process.exit(code);
}
