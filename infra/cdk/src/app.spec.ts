import { Stack } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeApp } from './app';

const empty = () => {
  const outputDirectory = mkdtempSync(path.join(tmpdir(), 'cdk-'));
  const app = makeApp({ outputDirectory, functionBundle: outputDirectory, environments: [] });
  const findings = () => readFileSync(path.join(outputDirectory, 'validation-report.json'), 'utf8');
  return { app, stack: new Stack(app, 'seeded'), findings };
};

describe('a synth', () => {
  it('fails on a value that CloudFormation would refuse', () => {
    const { app, stack, findings } = empty();
    new CfnAlarm(stack, 'alarm', { comparisonOperator: 'Above', evaluationPeriods: 1 });
    expect(() => app.synth()).toThrow(/[Vv]alidation/);
    expect(findings()).toContain('Above');
  });

  it('fails on a finding of cdk-nag that nobody has acknowledged', () => {
    const { app, stack, findings } = empty();
    new Topic(stack, 'plain');
    expect(() => app.synth()).toThrow(/[Vv]alidation/);
    expect(findings()).toContain('AwsSolutions-SNS3');
  });

  it('passes without either', () => {
    const { app, stack } = empty();
    new Topic(stack, 'topic', { enforceSSL: true });
    expect(app.synth().stacks).toHaveLength(1);
  });
});
