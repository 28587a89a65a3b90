import { spawn } from 'node:child_process';
import path from 'node:path';
import { Failure } from './failure';
import { root } from './settings';
import { build } from './workspace-build';

/** `npm run synth`: the templates of every environment, checked; `--verify` has further tools look at them. */
export async function synth(arguments_: readonly string[]): Promise<number> {
  const unknown = arguments_.find((word) => word !== '--verify');
  if (unknown !== undefined) throw new Failure(`npm run synth takes --verify, not ${unknown}.`);
  await build('stock-updater');
  const code = await node('infra/cdk/src/main.ts');
  if (code !== 0 || !arguments_.includes('--verify')) return code;
  return node('infra/cdk/src/verify/main.ts');
}

/** `npm run privileges`, after `npm test` and `npm run e2e`: what they called, against the roles of the templates. */
export async function privileges(): Promise<number> {
  await build('stock-updater');
  return node('infra/cdk/src/privileges/main.ts');
}

/** A TypeScript entry in a process of its own: what it loads costs no other command anything. */
function node(script: string): Promise<number> {
  const hooks = path.join(root, 'tools/typescript-hooks.mjs');
  const child = spawn(process.execPath, ['--import', hooks, '--disable-warning=ExperimentalWarning', script], {
    cwd: root,
    stdio: 'inherit',
  });
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}
