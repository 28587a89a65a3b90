import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { directories, files } from './settings';

export interface Program {
  readonly name: string;
  readonly script: string;
  readonly environment: Record<string, string>;
}

interface Running {
  readonly program: Program;
  child: ChildProcess;
  restarts: number;
  startedAtMs: number;
}

const restartLimit = 5;
/** A program that ran this long before it died starts with a clean record. */
const forgiveAfterMs = 60_000;
const serviceGraceMs = 8000;
/** A small young generation: seven Node processes share this machine, and each would else keep 30 MB for garbage. */
const nodeOptions = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=2'];

/**
 * The children of one run, each in a process group of its own (Ctrl-C reaches only the runner, which then stops them in
 * order). A child that dies is started again, as ECS would, with a limit; each death gives one line.
 */
export class ProcessGroup {
  private readonly running = new Map<string, Running>();
  private stopping = false;

  constructor(
    private readonly say: (line: string) => void,
    private readonly giveUp: (line: string) => void,
  ) {
    mkdirSync(directories.logs, { recursive: true });
  }

  start(program: Program): void {
    const entry: Running = { program, child: this.launch(program), restarts: 0, startedAtMs: Date.now() };
    this.running.set(program.name, entry);
    this.watch(entry);
    this.record();
  }

  get processIds(): Record<string, number> {
    return Object.fromEntries([...this.running].map(([name, { child }]) => [name, child.pid ?? 0]));
  }

  /** SIGTERM to all of these at once, SIGKILL to what is still there after the grace. */
  async stop(names: readonly string[] = [...this.running.keys()], graceMs = serviceGraceMs): Promise<void> {
    this.stopping = true;
    await Promise.all(
      names.map(async (name) => {
        const entry = this.running.get(name);
        if (entry === undefined) return;
        await end(entry.child, graceMs);
        this.running.delete(name);
      }),
    );
    if (this.running.size === 0) rmSync(files.processes, { force: true });
  }

  private launch({ name, script, environment }: Program): ChildProcess {
    const log = openSync(path.join(directories.logs, `${name}.log`), 'a');
    try {
      return spawn(process.execPath, [...nodeOptions, script], {
        env: { ...process.env, ...environment },
        stdio: ['ignore', log, log],
        detached: true,
      });
    } finally {
      closeSync(log);
    }
  }

  private watch(entry: Running): void {
    const { name } = entry.program;
    entry.child.once('error', (error) => this.giveUp(`${name} could not be started: ${error.message}`));
    entry.child.once('exit', (code, signal) => {
      if (this.stopping) return;
      const how = signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
      const log = path.relative(process.cwd(), path.join(directories.logs, `${name}.log`));
      if (Date.now() - entry.startedAtMs > forgiveAfterMs) entry.restarts = 0;
      if (entry.restarts >= restartLimit) {
        this.giveUp(`${name} ${how} ${restartLimit + 1} times in a row; its log: ${log}${lastError(name)}`);
        return;
      }
      entry.restarts += 1;
      this.say(`${name} ${how}; started again (${entry.restarts} of ${restartLimit}).`);
      setTimeout(() => {
        if (this.stopping) return;
        entry.child = this.launch(entry.program);
        entry.startedAtMs = Date.now();
        this.watch(entry);
        this.record();
      }, 200 * entry.restarts);
    });
  }

  /** Lets the next start find what a runner that was killed hard left behind, and tests find a process to kill. */
  private record(): void {
    writeFileSync(files.processes, JSON.stringify(this.processIds, undefined, 2));
  }
}

async function end(child: ChildProcess, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await exited;
  clearTimeout(timer);
}

/** The cause that the end of a log names, for the one line a person sees. */
function lastError(name: string): string {
  const lines = readFileSync(path.join(directories.logs, `${name}.log`), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(-200);
  const line = lines.findLast((text) => /"level":"(error|fatal)"|Error:|^[a-z-]+: /.test(text));
  if (line === undefined) return '';
  const message =
    /"message":"((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? /"msg":"((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? line;
  return `: ${(message.split('\\n')[0] ?? '').slice(0, 300)}`;
}
