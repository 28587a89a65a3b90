import { existsSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { files, root } from './settings';

/** Ends processes of an earlier run whose runner was killed too hard to stop them. Only processes of this checkout. */
export async function endLeftBehind(): Promise<void> {
  if (!existsSync(files.processes)) return;
  const recorded = JSON.parse(readFileSync(files.processes, 'utf8')) as Record<string, number>;
  const ours = Object.values(recorded).filter(isOurs);
  for (const processId of ours) process.kill(processId, 'SIGTERM');
  const deadline = Date.now() + 9000;
  while (ours.some(isOurs) && Date.now() < deadline) await delay(50);
  for (const processId of ours.filter(isOurs)) process.kill(processId, 'SIGKILL');
  rmSync(files.processes, { force: true });
}

function isOurs(processId: number): boolean {
  try {
    process.kill(processId, 0);
    const commandLine = `/proc/${processId}/cmdline`;
    return existsSync(commandLine) && readFileSync(commandLine, 'utf8').includes(root);
  } catch {
    return false;
  }
}
