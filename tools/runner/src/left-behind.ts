import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { Failure } from './failure';
import { files, root, serviceGraceMs } from './settings';

const Processes = z.record(z.string(), z.number().int().positive());
/** Process ids by name; `runner` is the process that started the others. */
export type Processes = z.infer<typeof Processes>;

/** Above the time that services take to end. */
const graceMs = serviceGraceMs + 1500;

/** Written whole or not at all: the next start, and whoever looks for a process, reads it. */
export function recordProcesses(processes: Processes, file = files.processes): void {
  writeFileSync(`${file}.new`, JSON.stringify(processes, undefined, 2));
  renameSync(`${file}.new`, file);
}

/** What an earlier run recorded; nothing when there is no record, or none that can be read. */
export function recordedProcesses(file = files.processes): Processes {
  if (!existsSync(file)) return {};
  try {
    return Processes.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}

/**
 * Ends processes of an earlier run whose runner was killed too hard to stop them. Only processes of this checkout, for a
 * recorded id may be another's by now. Throws Failure when that run is alive: it is in use.
 */
export async function endLeftBehind(file = files.processes): Promise<void> {
  const { runner, ...children } = recordedProcesses(file);
  if (runner !== undefined && runner !== process.pid && isOurs(runner))
    throw new Failure(
      `StockTool already runs from here (process ${runner}). Stop it with Ctrl-C, or give this one ports and state of its own: PORT_OFFSET=10000 STATE_DIR=.local/second npm start`,
    );
  const ours = Object.values(children).filter(isOurs);
  for (const processId of ours) signal(processId, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (ours.some(isOurs) && Date.now() < deadline) await delay(50);
  for (const processId of ours.filter(isOurs)) signal(processId, 'SIGKILL');
  rmSync(file, { force: true });
}

/** A bundle or the runner of this checkout, or a bundle of the version before it; its Node also runs other programs. */
const isOurs = (processId: number): boolean =>
  commandLine(processId)
    .split(root + path.sep)
    .some((part) => /^(\.local\/versions\/\w+\/)?(apps|tools)\/[a-z-]+\/(dist|src)\/main\.[jt]s/.test(part));

/** Empty when there is no such process. */
function commandLine(processId: number): string {
  if (!existsSync('/proc/self/cmdline'))
    return spawnSync('ps', ['-o', 'command=', '-p', String(processId)], { encoding: 'utf8' }).stdout;
  try {
    return readFileSync(`/proc/${processId}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

/** It may end by itself between the look and the signal. */
function signal(processId: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(processId, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
