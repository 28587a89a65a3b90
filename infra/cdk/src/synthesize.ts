import { rmSync } from 'node:fs';
import path from 'node:path';
import { packageFunctions } from '@stocktool/lambda-harness';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { makeApp } from './app';

const root = path.resolve(import.meta.dirname, '../../..');

/**
 * The templates of every environment, with the zip of the stock updater that the Runtime API harness runs. Throws when a
 * check has a finding that is not acknowledged.
 */
export function synthesize(outputDirectory: string): CloudAssembly {
  rmSync(outputDirectory, { recursive: true, force: true });
  const [updater] = packageFunctions();
  if (updater === undefined) throw new Error('The topology has no function');
  return makeApp({ outputDirectory, functionBundle: path.join(root, updater.file) }).synth();
}
