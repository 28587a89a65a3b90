import { execFile, execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { Failure } from '../failure';
import { root } from '../settings';

const run = promisify(execFile);
const buildTimeoutMs = 120_000;
const installTimeoutMs = 600_000;
const atOnce = 2;
const versions = path.join(root, '.local/versions');
const Manifest = z.object({ name: z.string().optional(), workspaces: z.array(z.string()).default([]) });
const manifest = (directory: string) =>
  Manifest.parse(JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8')));

/**
 * A checkout of a commit with its services, functions and provisioner bundled by its own build. One is kept: a second run of the
 * same commit finds it. With the packages of this checkout where both have the same lock file, else with its own.
 */
export async function buildVersion(commit: string, say: (line: string) => void): Promise<string> {
  const directory = path.join(versions, commit.slice(0, 12));
  if (existsSync(directory)) return directory;
  rmSync(versions, { recursive: true, force: true });
  const unfinished = path.join(versions, 'unfinished');
  unpack(commit, unfinished);
  const lock = 'package-lock.json';
  if (readFileSync(path.join(unfinished, lock)).equals(readFileSync(path.join(root, lock)))) linkPackages(unfinished);
  else {
    say('Its packages are others: installing them …');
    await command('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], unfinished, installTimeoutMs);
  }
  say('Building its services …');
  const projects = globSync(['apps/*/src/{main,handler}.ts', 'infra/provision/src/main.ts'], { cwd: unfinished })
    .map((entry) => path.dirname(path.dirname(entry)))
    .values();
  const work = async () => {
    for (const project of projects)
      await command(process.execPath, ['tools/build.mjs', project], unfinished, buildTimeoutMs);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  // Bundles need no packages; a set of its own would be a gigabyte.
  rmSync(path.join(unfinished, 'node_modules'), { recursive: true });
  renameSync(unfinished, directory);
  return directory;
}

function unpack(commit: string, directory: string): void {
  mkdirSync(directory, { recursive: true });
  const archive = `${directory}.tar`;
  execFileSync('git', ['archive', '--output', archive, commit], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  execFileSync('tar', ['-xf', archive, '-C', directory]);
  rmSync(archive);
}

/** The same packages by links; those of the workspace itself are the checkout's own. */
function linkPackages(directory: string): void {
  const modules = path.join(directory, 'node_modules');
  mkdirSync(modules);
  const own = manifest(directory)
    .workspaces.flatMap((pattern) => globSync(`${pattern}/package.json`, { cwd: directory }))
    .map((file) => path.join(directory, path.dirname(file)));
  const scopes = new Set<string>();
  for (const project of own) {
    const name = manifest(project).name ?? '';
    const link = path.join(modules, name);
    mkdirSync(path.dirname(link), { recursive: true });
    symlinkSync(path.relative(path.dirname(link), project), link);
    scopes.add(name.split('/')[0] ?? '');
  }
  const theirs = path.join(root, 'node_modules');
  for (const name of readdirSync(theirs).filter((entry) => !scopes.has(entry) && !entry.startsWith('.')))
    symlinkSync(path.join(theirs, name), path.join(modules, name));
}

async function command(file: string, arguments_: readonly string[], cwd: string, timeout: number): Promise<void> {
  try {
    await run(file, arguments_, { cwd, timeout, maxBuffer: 1e8 });
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    const what = [path.basename(file), ...arguments_].join(' ');
    throw new Failure(`The version before cannot be built: ${what} failed in ${cwd}:\n${stderr.trim().slice(-2000)}`);
  }
}
