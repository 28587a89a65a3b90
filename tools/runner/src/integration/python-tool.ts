import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../failure';
import { root } from '../settings';

const installTimeoutMs = 300_000;

/** A command of a Python package, installed at that version into an environment of its own below `.local/python`. */
export function pythonTool(command: string, requirement: string): string {
  const environment = path.join(root, '.local/python', requirement.replace(/[^\w.-]+/g, '-'));
  const file = path.join(environment, 'bin', command);
  if (existsSync(file)) return file;
  mkdirSync(path.dirname(environment), { recursive: true });
  run('python3', ['-m', 'venv', '--clear', environment], `${command} needs Python 3 with venv`);
  const pip = path.join(environment, 'bin/pip');
  run(pip, ['install', '--quiet', '--disable-pip-version-check', requirement], `${requirement} cannot be installed`);
  return file;
}

function run(file: string, arguments_: readonly string[], failure: string): void {
  const { status, stderr } = spawnSync(file, arguments_, {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: installTimeoutMs,
  });
  if (status === 0) return;
  const reason = (stderr ?? '').trim().split('\n').at(-1) ?? '';
  throw new Failure(`${failure}${reason ? `: ${reason}` : '.'}`);
}
