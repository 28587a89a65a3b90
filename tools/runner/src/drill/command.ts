import { spawn } from 'node:child_process';
import path from 'node:path';
import { root } from '../settings';

const usualOffset = '11000';

/**
 * `npm run drill`: loses and restores the data of a system that it starts for that, on ports and state of its own. Always the
 * embedded endpoint: nothing else may be emptied.
 */
export function drill(arguments_: readonly string[]): Promise<number> {
  const { AWS_ENDPOINT_URL: _never, ...environment } = process.env;
  const main = path.join(root, 'tools/runner/src/drill/main.ts');
  const child = spawn(
    process.execPath,
    ['--import', path.join(root, 'tools/typescript-hooks.mjs'), main, ...arguments_],
    {
      cwd: root,
      stdio: 'inherit',
      env: {
        LOCAL_AWS_RECOVERY_LAG_SECONDS: '5',
        ...environment,
        PORT_OFFSET: environment['DRILL_PORT_OFFSET'] ?? usualOffset,
        STATE_DIR: path.join(root, '.local', `drill-${environment['DRILL_PORT_OFFSET'] ?? usualOffset}`),
        LOCAL_AWS_RECOVERY_HOURS: '1',
        RATE_LIMIT_PER_MINUTE: '1000000',
        AUTH_RATE_LIMIT_PER_MINUTE: '1000000',
      },
    },
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}
