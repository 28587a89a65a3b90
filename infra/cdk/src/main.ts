import path from 'node:path';
import { synthesize } from './synthesize';

/** `main.ts`: writes the stacks of every environment to `infra/cdk/cdk.out`; exit code 1 on a finding of a check. */
const root = path.resolve(import.meta.dirname, '../../..');
const startedAt = performance.now();
const assembly = synthesize(path.join(root, 'infra/cdk/cdk.out'));
const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
for (const { stackName, template } of assembly.stacks) {
  const { Resources } = template as { Resources: object };
  const bytes = JSON.stringify(template).length;
  console.log(`${stackName}: ${Object.keys(Resources).length} resources, ${Math.ceil(bytes / 1024)} kB`);
}
console.log(`Synthesized in ${seconds} s; CloudFormation Validate and cdk-nag (AwsSolutions): no findings.`);
