import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const root = path.resolve(import.meta.dirname, '../../..');

/** A server under load. */
export interface Target {
  readonly name: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly processId: number;
}

interface Start {
  readonly arguments_?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Of Node, before the file. */
  readonly flags?: readonly string[];
  /** What is asked until it answers well. */
  readonly readyPath?: string;
}

/** Servers that a measurement starts by itself, each on a port of its own. */
export class TargetProcesses {
  private readonly children: ChildProcess[] = [];

  constructor(
    private readonly directory: string,
    private readonly firstPort: number,
  ) {}

  /** Its output goes to a file, as that of the services does. Given back when it answers. */
  async start(
    name: string,
    file: string,
    { arguments_ = [], environment = {}, flags = [], readyPath = '/health/live' }: Start = {},
  ): Promise<Target> {
    const port = this.firstPort + this.children.length;
    mkdirSync(this.directory, { recursive: true });
    const log = openSync(path.join(this.directory, `${port}.log`), 'w');
    const hooks = file.endsWith('.ts') ? ['--import', path.join(root, 'tools/typescript-hooks.mjs')] : [];
    const child = spawn(process.execPath, [...flags, ...hooks, path.join(root, file), ...arguments_], {
      env: { ...process.env, NODE_ENV: 'production', PORT: String(port), ...environment },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.children.push(child);
    const url = `http://127.0.0.1:${port}`;
    await answers(`${url}${readyPath}`);
    return { name, url, headers: {}, processId: child.pid! };
  }

  stop(): void {
    for (const child of this.children) child.kill('SIGKILL');
  }
}

async function answers(url: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    if (
      await fetch(url).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
    await delay(100);
  }
  throw new Error(`${url} does not answer`);
}

/** Processor time of all threads of a process until now; NaN where the system does not tell (only Linux does). */
export function cpuMicroseconds(processId: number): number {
  try {
    const tasks = `/proc/${processId}/task`;
    const nanoseconds = readdirSync(tasks).map((id) =>
      Number(readFileSync(`${tasks}/${id}/schedstat`, 'utf8').split(' ')[0]),
    );
    return nanoseconds.reduce((sum, each) => sum + each, 0) / 1000;
  } catch {
    return Number.NaN;
  }
}
