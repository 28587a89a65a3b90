import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';

const root = path.resolve(import.meta.dirname, '..');
const startTimeoutMs = 180_000;
/** Set from outside when several suites run on one machine. */
const offset = Number(process.env.E2E_PORT_OFFSET ?? 12_000);

/** Starts the whole system with ports and state of its own, so that a system in use beside it is left alone. */
export default async function startSystem() {
  if (process.env.E2E_TARGET === 'containers') return useContainers();
  const environment = {
    PORT_OFFSET: String(offset),
    STATE_DIR: path.join(root, '.local', `e2e-${offset}`),
    ...parseEnv(readFileSync(path.join(import.meta.dirname, 'settings.env'), 'utf8')),
  };
  process.env.BASE_URL = `http://127.0.0.1:${3000 + offset}`;
  process.env.INBOX_URL = `http://127.0.0.1:${4580 + offset}`;
  process.env.AWS_URL = `http://127.0.0.1:${4566 + offset}`;
  process.env.STATE_DIR = environment.STATE_DIR;
  rmSync(environment.STATE_DIR, { recursive: true, force: true });
  // What is about versions starts them itself.
  if (['versions', 'keep'].includes(process.env.E2E_TARGET)) return;
  const child = spawn(process.execPath, [path.join(root, 'tools/start.mjs'), 'up'], {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: '', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  globalThis.systemProcess = child;
  await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the system did not start in time')), startTimeoutMs);
    child.once('exit', (code) => reject(new Error(`the system ended with code ${code}`)));
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
      if (!output.includes('StockTool is ready')) return;
      clearTimeout(timer);
      resolve();
    });
  });
}

/** `npm run e2e:containers` has started them and says where they are; what is missing is the account that specs use. */
function useContainers() {
  const notRun = JSON.parse(readFileSync(path.join(import.meta.dirname, 'of-processes-only.json'), 'utf8'));
  for (const [name, reason] of Object.entries(notRun)) process.stdout.write(`not run: ${name} (${reason})\n`);
  rmSync(process.env.STATE_DIR, { recursive: true, force: true });
  execFileSync(process.execPath, [path.join(root, 'tools/start.mjs'), 'demo-account'], {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
