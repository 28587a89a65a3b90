import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { jest } from '../checks';
import { Failure } from '../failure';
import { root } from '../settings';
import { buildAll } from '../workspace-build';
import { buildVersion } from './build-version';
import { previousVersion } from './previous';

/**
 * `npm run keep-version`: runs this version and keeps what it wrote into queues and tables and what it can read, as the version of
 * today or of `--as <day>`: the next versions are tested against it (`libs/testing/kept`). With `--commit <commit>` an older version
 * is run; what it wrote is kept, what it could read is not known here.
 */
export async function keepVersion(arguments_: readonly string[]): Promise<number> {
  const today = new Date().toISOString().slice(0, 10);
  const options = { as: { type: 'string', default: today }, commit: { type: 'string' } } as const;
  const { values } = parseArgs({ args: [...arguments_], options });
  if (!/^\d{4}-\d\d-\d\d$/.test(values.as)) throw new Failure('--as takes a day, such as 2026-11-30.');
  const environment = { KEEP_VERSION: values.as };
  await buildAll();
  const programs =
    values.commit === undefined
      ? root
      : await buildVersion(previousVersion(values.commit).commit, (line) => console.log(line));
  const code = await jest('e2e', [], { ...environment, E2E_TARGET: 'keep', VERSION_DIRECTORY: programs });
  return code === 0 && values.commit === undefined ? keepSchemas(environment) : code;
}

/** The specs that compare with kept versions write down this one instead. */
function keepSchemas(environment: Record<string, string>): number {
  const specs = globSync('{apps,libs,libs/aws}/*/src/**/*.spec.ts', { cwd: root }).filter((file) =>
    readFileSync(path.join(root, file), 'utf8').includes('describeKept('),
  );
  for (const spec of specs) {
    const [project = '', file = ''] = spec.split(/(?=src\/)/);
    const { status, stderr } = spawnSync(process.execPath, [path.join(root, 'node_modules/jest/bin/jest.js'), file], {
      cwd: path.join(root, project),
      env: { ...process.env, ...environment, NODE_OPTIONS: '--experimental-vm-modules --no-warnings' },
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    });
    if (status !== 0) throw new Failure(`${spec} could not keep this version:\n${stderr}`);
  }
  return 0;
}
