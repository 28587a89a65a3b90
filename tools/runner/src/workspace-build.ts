import { spawn } from 'node:child_process';
import path from 'node:path';
import { Failure } from './failure';
import { root } from './settings';

const buildTimeoutMs = 180_000;

/** Runs Nx and returns its output; on failure the end of it is part of the one line's detail. */
function nx(arguments_: readonly string[], signal?: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(root, 'node_modules/.bin/nx'), ...arguments_], {
      cwd: root,
      env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: buildTimeoutMs,
      ...(signal && { signal }),
    });
    let output = '';
    const keep = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve(output);
      else
        reject(
          new Failure(`nx ${arguments_.join(' ')} failed:\n${output.trimEnd().split('\n').slice(-30).join('\n')}`),
        );
    });
  });
}

/** Bundles what changed; what did not comes from the cache. */
export const buildAll = (signal?: AbortSignal) => nx(['run-many', '-t', 'build', '--output-style=static'], signal);

/** Bundles one project. */
export const build = (project: string) => nx(['run', `${project}:build`]);
