import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { root } from './docker';

interface Manifest {
  dependencies?: Record<string, string>;
}

/** A package and everything it needs at run time, found as Node finds them; folders of installed packages. */
export function packageClosure(name: string, from = root, found = new Map<string, string>()): Map<string, string> {
  const directory = installedAt(name, from);
  const relative = path.relative(root, directory);
  if (found.has(relative)) return found;
  found.set(relative, directory);
  const manifest = JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8')) as Manifest;
  for (const dependency of Object.keys(manifest.dependencies ?? {})) packageClosure(dependency, directory, found);
  return found;
}

/** Lays the closure beside a bundle, for what cannot be bundled. */
export function copyClosure(name: string, into: string): void {
  const target = path.join(into, 'node_modules');
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const [relative, directory] of packageClosure(name))
    cpSync(directory, path.join(into, relative), {
      recursive: true,
      filter: (file) => !file.slice(directory.length).includes(`${path.sep}node_modules`),
    });
}

function installedAt(name: string, from: string): string {
  for (let directory = from; ; directory = path.dirname(directory)) {
    const candidate = path.join(directory, 'node_modules', name);
    if (existsSync(path.join(candidate, 'package.json'))) return candidate;
    if (directory === path.dirname(directory)) throw new Error(`${name} is not installed`);
  }
}
