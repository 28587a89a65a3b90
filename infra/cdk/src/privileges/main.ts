import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { environments } from '../environments';
import { synthesize } from '../synthesize';
import { check } from './check';
import { principalOf, Recording, type RecordedRequest, requestOf } from './recorded-calls';
import { Template } from '../template/resolver';
import { taskPolicies } from './roles';

/** Evaluates what `npm test` and `npm run e2e` recorded against the roles of every environment; exit code 1 on a finding. */
const root = path.resolve(import.meta.dirname, '../../../..');
const recordings = globSync('{apps/*,e2e}/.jest/calls.json', { cwd: root });
if (!existsSync(path.join(root, 'e2e/.jest/calls.json')) || recordings.length < 2) {
  console.error('Nothing is recorded here: run npm test and npm run e2e first.');
  process.exit(2);
}
const calls = recordings.flatMap((file) => {
  const { calls: recorded } = Recording.parse(JSON.parse(readFileSync(path.join(root, file), 'utf8')));
  return recorded.flatMap((call): RecordedRequest[] => {
    const principal = principalOf(call);
    return principal === undefined ? [] : [{ principal, ...requestOf(call) }];
  });
});

const assembly = synthesize(path.join(root, 'infra/cdk/cdk.out'));
const templateOf = (name: string, part: string) =>
  Template.parse(assembly.getStackByName(`stocktool-${name}-${part}`).template);
for (const { name } of environments) {
  const policies = taskPolicies(templateOf(name, 'app'), [templateOf(name, 'data')]);
  const findings = Object.values(check(policies, calls)).flat();
  for (const finding of findings) console.log(`${name}: ${finding}`);
  const statements = Object.values(policies).flat().length;
  console.log(
    `${name}: ${calls.length} kinds of calls of ${recordings.length} runs against ${statements} statements: ${findings.length} findings`,
  );
  if (findings.length > 0) process.exitCode = 1;
}
