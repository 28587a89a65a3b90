import { execFileSync } from 'node:child_process';
import path from 'node:path';
import startLocalAws from '../../tools/jest/start-local-aws.mjs';

const hooks = path.resolve(import.meta.dirname, '../../tools/typescript-hooks.mjs');

/** Beside the endpoint, the templates that specs read, in `.jest/templates`. */
export default async function setUp(config) {
  const script = path.join(import.meta.dirname, 'src/templates.setup.ts');
  const templates = path.join(import.meta.dirname, '.jest/templates');
  execFileSync(process.execPath, ['--import', hooks, script, templates], {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await startLocalAws(config);
}
