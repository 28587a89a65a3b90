import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const root = path.resolve(import.meta.dirname, '../../..');
const requirements = path.join(root, 'bench/python/requirements.txt');
const directory = path.join(root, '.local/bench-python');
const python = path.join(directory, 'bin/python');
const marker = path.join(directory, 'installed.json');
const installTimeoutMs = 600_000;

const Installed = z.object({ of: z.string(), missing: z.array(z.string()) });

export interface BenchPython {
  /** Path of the interpreter of the private environment; undefined without any Python. */
  readonly interpreter: string | undefined;
  /** Names of packages that could not be installed. */
  readonly missing: readonly string[];
}

/** A Python environment of the benches' own in .local/bench-python with the pinned packages of bench/python/requirements.txt; made when they change. */
export function benchPython(): BenchPython {
  const lines = readFileSync(requirements, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const of = createHash('sha256').update(lines.join('\n')).digest('hex');
  if (existsSync(marker)) {
    const known = Installed.parse(JSON.parse(readFileSync(marker, 'utf8')));
    if (known.of === of) return told({ interpreter: python, missing: known.missing });
  }
  console.log('Installing the Python side into .local/bench-python (once) …');
  mkdirSync(path.dirname(directory), { recursive: true });
  if (!succeeds('python3', ['-m', 'venv', '--clear', directory]))
    return told({ interpreter: undefined, missing: lines });
  const missing = install(lines) ? [] : lines.filter((line) => !install([line]));
  writeFileSync(marker, JSON.stringify({ of, missing }));
  return told({ interpreter: python, missing });
}

const install = (lines: string[]): boolean =>
  succeeds(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary=:all:', ...lines]);

const succeeds = (command: string, commandArguments: string[]): boolean =>
  spawnSync(command, commandArguments, { stdio: 'ignore', timeout: installTimeoutMs }).status === 0;

function told({ interpreter, missing }: BenchPython): BenchPython {
  if (interpreter === undefined) console.log('There is no python3 with venv here: nothing to compare with.');
  else if (missing.length > 0) console.log(`Could not be installed: ${missing.join(', ')}`);
  return { interpreter, missing: missing.map((line) => line.split(/[=<>[;]/)[0]!.toLowerCase()) };
}
