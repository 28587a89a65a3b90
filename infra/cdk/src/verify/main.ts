import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import path from 'node:path';
import { pythonTools } from './python-tools';

/** After a synth: two tools that share nothing with it look at the templates. A line each; exit code 1 on a finding. */
const root = path.resolve(import.meta.dirname, '../../../..');
const templates = globSync('infra/cdk/cdk.out/*.template.json', { cwd: root }).map((file) => path.join(root, file));
const tools = pythonTools(path.join(root, '.local/python-tools'));

if ('missing' in tools) {
  console.log(`not run  cfn-lint, cfn-guard: ${tools.missing}`);
  process.exitCode = process.env['CI'] === undefined ? 0 : 1;
} else {
  const guard = path.join(root, 'infra/cdk/rules/check.py');
  // W3005: the library says twice what depends on what, which does no harm.
  run('cfn-lint', path.join(tools.bin, 'cfn-lint'), '--ignore-checks', 'W3005', '--', ...templates);
  run('cfn-guard', path.join(tools.bin, 'python'), guard, ...templates);
}

function run(name: string, command: string, ...arguments_: string[]): void {
  const { status, stdout, stderr } = spawnSync(command, arguments_, { encoding: 'utf8' });
  const last = stdout.trim().split('\n').at(-1) ?? '';
  console.log(
    `${status === 0 ? 'ok     ' : 'FAILED '}  ${name}: ${last === '' ? `${templates.length} templates` : last}`,
  );
  if (status === 0) return;
  console.log(`${stdout}${stderr}`);
  process.exitCode = 1;
}
