import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import path from 'node:path';

const directory = path.resolve(import.meta.dirname, '../results');

/** Keeps a result beside the machine it was measured on, in `bench/results/<name>.json`. */
export function keepResult(name: string, result: object): void {
  const [cpu] = cpus();
  const machine = {
    cpu: cpu?.model ?? 'unknown',
    cores: cpus().length,
    memoryGigabytes: Math.round(totalmem() / 1024 ** 3),
    node: process.version,
    loadAverageBefore: loadAtStart,
  };
  mkdirSync(directory, { recursive: true });
  const file = path.join(directory, `${name}.json`);
  writeFileSync(
    file,
    `${JSON.stringify({ measuredAt: new Date().toISOString(), machine, ...result }, undefined, 2)}\n`,
  );
  console.log(`\nKept in ${path.relative(process.cwd(), file)}`);
}

const loadAtStart = loadavg()[0];
