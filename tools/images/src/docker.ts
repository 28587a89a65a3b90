import { execFile, spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

export const root = path.resolve(import.meta.dirname, '../../..');

const run = promisify(execFile);

/** Output of one docker command; rejects with what docker said. */
export async function docker(...arguments_: string[]): Promise<string> {
  const { stdout } = await run('docker', arguments_, { cwd: root, maxBuffer: 64 * 1024 ** 2 }).catch(
    (error: { stderr?: string; message: string }) => {
      throw new Error(`docker ${arguments_[0] ?? ''} failed: ${(error.stderr || error.message).trim().slice(-2000)}`);
    },
  );
  return stdout.trim();
}

/** Why no container can be run here, in one line; undefined when one can. */
export function noEngine(): string | undefined {
  const { error, status } = spawnSync('docker', ['version', '--format', '{{.Server.Version}}'], { stdio: 'ignore' });
  if (error) return 'there is no docker command on this machine';
  return status === 0 ? undefined : 'no Docker engine answers on this machine';
}

/** Runs with its output shown, to its end; gives its exit code. */
export function shown(
  command: string,
  arguments_: readonly string[],
  environment: Record<string, string> = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, arguments_, { cwd: root, env: { ...process.env, ...environment }, stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
