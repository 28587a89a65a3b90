import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { makeApp } from './app';

const root = path.resolve(import.meta.dirname, '../../..');

/** The templates of every environment. Throws when a check has a finding that is not acknowledged. */
export function synthesize(outputDirectory: string): CloudAssembly {
  rmSync(outputDirectory, { recursive: true, force: true });
  const functionBundle = stageFunction();
  try {
    return makeApp({ outputDirectory, functionBundle }).synth();
  } finally {
    rmSync(functionBundle, { recursive: true, force: true });
  }
}

/** What Lambda gets: the bundled handler, and the prices it reads when no vendor is configured. */
function stageFunction(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'stock-updater-'));
  const dist = path.join(root, 'apps/stock-updater/dist');
  for (const file of ['handler.js', 'handler.js.map']) cpSync(path.join(dist, file), path.join(directory, file));
  mkdirSync(path.join(directory, 'data'));
  cpSync(path.join(root, 'data/prices'), path.join(directory, 'data/prices'), { recursive: true });
  writeFileSync(path.join(directory, 'package.json'), '{"type":"module"}\n');
  return directory;
}
