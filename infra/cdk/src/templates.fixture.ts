import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeApp } from './app';
import { type Environment, environments, production, staging } from './environments';
import { Template } from './template/resolver';

interface Templates {
  readonly delivery: Template;
  readonly data: Template;
  readonly app: Template;
}

const made = new Map<Environment, Templates>();

/** The templates of an environment, with all checks of a synth: made once a spec file. */
export function templatesOf(environment: Environment): Templates {
  const known = made.get(environment);
  if (known) return known;
  const functionBundle = mkdtempSync(path.join(tmpdir(), 'bundle-'));
  writeFileSync(path.join(functionBundle, 'handler.js'), 'export const handler = () => undefined;');
  const outputDirectory = mkdtempSync(path.join(tmpdir(), 'cdk-'));
  const wanted = environments.includes(environment) ? environments : [environment];
  const assembly = makeApp({ outputDirectory, functionBundle, environments: wanted }).synth();
  for (const one of wanted) {
    const of = (part: string) => Template.parse(assembly.getStackByName(`stocktool-${one.name}-${part}`).template);
    made.set(one, { delivery: of('delivery'), data: of('data'), app: of('app') });
  }
  return templatesOf(environment);
}

export const stagingTemplates = (): Templates => templatesOf(staging);
export const productionTemplates = (): Templates => templatesOf(production);
