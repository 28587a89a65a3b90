import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Exact versions, in a folder of their own: nothing of the machine's Python is used or changed. */
const packages = ['cfn-lint==1.58.0', 'guardpycfn==0.1.0'];
const installTimeoutMs = 180_000;

/** The `bin` folder of the tools, installed when it is not there; or the reason, in a line, why they cannot be had. */
export function pythonTools(directory: string): { bin: string } | { missing: string } {
  const bin = path.join(directory, 'bin');
  const marker = path.join(directory, 'packages.json');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === JSON.stringify(packages)) return { bin };
  mkdirSync(directory, { recursive: true });
  const run = (command: string, ...arguments_: string[]) =>
    spawnSync(command, arguments_, { encoding: 'utf8', timeout: installTimeoutMs });
  if (run('python3', '-m', 'venv', directory).status !== 0) return { missing: 'no Python 3 with venv here' };
  const installed = run(path.join(bin, 'pip'), 'install', '--quiet', '--disable-pip-version-check', ...packages);
  if (installed.status !== 0) return { missing: `pip could not install ${packages.join(' and ')}` };
  writeFileSync(marker, JSON.stringify(packages));
  return { bin };
}
