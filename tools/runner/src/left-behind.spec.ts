import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Failure } from './failure';
import { until } from './http';
import { endLeftBehind, recordedProcesses, recordProcesses } from './left-behind';
import { root } from './settings';

const directory = mkdtempSync(path.join(tmpdir(), 'left-behind-'));
const file = path.join(directory, 'processes.json');
const started: ChildProcess[] = [];

afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

/** A process that says when it runs; what it is called is the last of its arguments. */
async function running(script: string, name: string): Promise<ChildProcess & { pid: number }> {
  const source = `${script}; process.stdout.write('up'); setInterval(() => undefined, 1000)`;
  const child = spawn(process.execPath, ['--eval', source, name], { stdio: ['ignore', 'pipe', 'ignore'] });
  started.push(child);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return child as ChildProcess & { pid: number };
}

const ours = path.join(root, 'apps/chat/dist/main.js');
const ended = (child: ChildProcess) =>
  until(() => Promise.resolve((child.exitCode ?? child.signalCode) === null ? undefined : true), 5000);

describe('what an earlier run left behind', () => {
  it('is ended, and its record removed', async () => {
    const child = await running('', ours);
    recordProcesses({ runner: 2 ** 22 + 1, chat: child.pid }, file);
    await endLeftBehind(file);
    expect(await ended(child)).toBe(true);
    expect(existsSync(file)).toBe(false);
  });

  it('is left alone when the id is that of another program by now', async () => {
    const child = await running('', '/somewhere/else/main.js');
    recordProcesses({ chat: child.pid }, file);
    await endLeftBehind(file);
    expect(child.exitCode ?? child.signalCode).toBeNull();
  });

  it('is left alone while its runner lives, and the start is refused', async () => {
    const runner = await running('', path.join(root, 'tools/runner/src/main.ts'));
    const child = await running('', ours);
    recordProcesses({ runner: runner.pid, chat: child.pid }, file);
    await expect(endLeftBehind(file)).rejects.toThrow(Failure);
    expect(child.exitCode ?? child.signalCode).toBeNull();
    expect(recordedProcesses(file)).toEqual({ runner: runner.pid, chat: child.pid });
  });

  it('is nothing when there is no record, or one that was cut off', async () => {
    rmSync(file, { force: true });
    await endLeftBehind(file);
    writeFileSync(file, '{ "chat": 12');
    await endLeftBehind(file);
    expect(existsSync(file)).toBe(false);
  });
});
