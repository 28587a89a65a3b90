import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { Failure } from './failure';
import { root } from './settings';

/** `npm run bench -- <name>`: runs `bench/src/<name>.bench.ts`. */
export function bench([name, ...rest]: string[]): Promise<number> {
  const directory = path.join(root, 'bench/src');
  const file = path.join(directory, `${name ?? ''}.bench.ts`);
  if (name === undefined || !existsSync(file)) {
    const names = readdirSync(directory).flatMap((entry) => /^(.*)\.bench\.ts$/.exec(entry)?.[1] ?? []);
    throw new Failure(`npm run bench -- <name>, with one of: ${names.join(', ')}`);
  }
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', path.join(root, 'tools/typescript-hooks.mjs'), file, ...rest], {
      cwd: root,
      stdio: 'inherit',
    });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
