import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';

const root = path.resolve(import.meta.dirname, '../..');
const startTimeoutMs = 20_000;

/** Starts one embedded AWS endpoint on a free port for this Jest run. AWS_ENDPOINT_URL set from outside wins: the same tests run against any backend. */
export default async function startLocalAws({ rootDir }) {
  if (process.env.AWS_ENDPOINT_URL) return;
  const child = spawn(
    process.execPath,
    ['--import', path.join(root, 'tools/typescript-hooks.mjs'), path.join(root, 'tools/local-aws/src/main.ts')],
    { cwd: root, env: { ...process.env, NODE_OPTIONS: '', LOCAL_AWS_PORT: '0' }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  globalThis.localAwsProcess = child;
  const url = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the embedded AWS endpoint did not start')), startTimeoutMs);
    child.once('exit', (code) => reject(new Error(`the embedded AWS endpoint ended with code ${code}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const ready = /^local-aws ready (http:\/\/\S+)/.exec(line);
      if (!ready) return;
      clearTimeout(timer);
      resolve(ready[1]);
    });
  });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    // Whose calls the endpoint records; tests' own clients call themselves `test`.
    AWS_SDK_UA_APP_ID: path.basename(rootDir),
  });
}
