import { rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { jest } from '../checks';
import { root } from '../settings';
import { buildVersion } from './build-version';
import { previousVersion } from './previous';

/**
 * `npm run e2e:versions -- [--previous <commit>]`: the version before and this one on the same queues and tables, under load, forth
 * and back (`e2e/src/versions.spec.ts`); and old keys beside new ones (`e2e/src/rotate-secrets.spec.ts`).
 */
export async function e2eOfVersions(arguments_: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...arguments_], options: { previous: { type: 'string' } } });
  const { commit, title } = previousVersion(values.previous);
  console.log(`The version before is ${commit.slice(0, 12)}: ${title}`);
  rmSync(path.join(root, 'e2e/.jest/tally.json'), { force: true });
  const directory = await buildVersion(commit, (line) => console.log(line));
  return jest('e2e', [], { E2E_TARGET: 'versions', PREVIOUS_VERSION: directory });
}
