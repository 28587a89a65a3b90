import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { awsUrl, stateDirectory } from './client';

const root = path.resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

/** Calls the stock updater by hand, as a person would, and gives what the command printed. */
export async function callStockUpdater(event: object): Promise<string> {
  const arguments_ = [path.join(root, 'tools/start.mjs'), 'lambda', 'stock-updater', JSON.stringify(event)];
  const portOffset = String(Number(new URL(awsUrl).port) - 4566);
  const env = { ...process.env, NODE_OPTIONS: '', PORT_OFFSET: portOffset, STATE_DIR: stateDirectory };
  const { stdout } = await run(process.execPath, arguments_, { cwd: root, env });
  return stdout;
}
