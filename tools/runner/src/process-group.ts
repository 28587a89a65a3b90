import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import path from 'node:path';
import { topology } from '@stocktool/topology';
import { Failure, oneLine } from './failure';
import { lastErrorIn, tailOf } from './last-error';
import { type Processes, recordProcesses } from './left-behind';
import { directories, files, serviceGraceMs } from './settings';

export interface Program {
  readonly name: string;
  readonly script: string;
  readonly environment: Record<string, string>;
}

interface Running {
  /** What it is from its next start on. */
  readonly describe: () => Program;
  child: ChildProcess;
  restarts: number;
  startedAtMs: number;
}

const restartLimit = 5;
const restartDelayMs = 200;
/** A program that ran this long before it died starts with a clean record. */
const forgiveAfterMs = 60_000;
/** glibc else keeps an arena of freed memory for each of a process's threads. */
const fewArenas = { MALLOC_ARENA_MAX: '2' };
/** A young generation as in the images: seven Node processes share this machine, and each would else keep 30 MB for garbage. */
const nurseries = new Map<string, number>(
  Object.values(topology.services).map(({ name, nurseryMegabytes }) => [name, nurseryMegabytes]),
);
const nodeOptions = (name: string) => [
  '--disable-warning=ExperimentalWarning',
  `--max-semi-space-size=${nurseries.get(name) ?? 2}`,
];

/**
 * The children of one run, each in a process group of its own (Ctrl-C reaches only the runner, which then stops them in
 * order). A child that dies is started again, as ECS would, with a limit; each death gives one line.
 */
export class ProcessGroup {
  private readonly running = new Map<string, Running>();
  private stopping = false;
  private recorded = false;

  constructor(
    private readonly say: (line: string) => void,
    private readonly giveUp: (line: string) => void,
  ) {}

  /** Lets the next start find what a runner that was killed hard left behind, and tests find a process to kill. */
  record(): void {
    recordProcesses({ runner: process.pid, ...this.processIds });
    this.recorded = true;
  }

  /** What the program is, is asked at each of its starts; its name stays. */
  start(describe: () => Program): void {
    if (this.stopping) throw new Failure('Stopped while starting.');
    const program = describe();
    const entry: Running = { describe, child: this.launch(program), restarts: 0, startedAtMs: Date.now() };
    this.running.set(program.name, entry);
    this.watch(program.name, entry);
    this.record();
  }

  get processIds(): Processes {
    return Object.fromEntries(
      [...this.running].flatMap(([name, { child }]) => (child.pid === undefined ? [] : [[name, child.pid]])),
    );
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
    if (this.running.size === 0 && this.recorded) rmSync(files.processes, { force: true });
  }

  private launch({ name, script, environment }: Program): ChildProcess {
    const log = openSync(this.log(name), 'a');
    try {
      return spawn(process.execPath, [...nodeOptions(name), script], {
        env: { ...process.env, ...fewArenas, ...environment },
        stdio: ['ignore', log, log],
        detached: true,
      });
    } finally {
      closeSync(log);
    }
  }

  private watch(name: string, entry: Running): void {
    entry.child.once('error', (error) => this.giveUp(`${name} could not be started: ${error.message}`));
    entry.child.once('exit', (code, signal) => {
      if (this.stopping) return;
      const how = signal === null ? `ended with code ${code}${this.reason(name)}` : `was ended by ${signal}`;
      if (Date.now() - entry.startedAtMs > forgiveAfterMs) entry.restarts = 0;
      if (entry.restarts >= restartLimit) {
        const log = path.relative(process.cwd(), this.log(name));
        this.giveUp(`${name} ${how}; ${restartLimit + 1} times in a row, so not started again. Its log: ${log}`);
        return;
      }
      entry.restarts += 1;
      this.say(`${name} ${how}; started again (${entry.restarts} of ${restartLimit}).`);
      setTimeout(() => this.restart(name, entry), restartDelayMs * entry.restarts);
    });
  }

  private restart(name: string, entry: Running): void {
    if (this.stopping) return;
    try {
      entry.child = this.launch(entry.describe());
      entry.startedAtMs = Date.now();
      this.watch(name, entry);
      this.record();
    } catch (error) {
      this.giveUp(`${name} could not be started again: ${oneLine(error)}`);
    }
  }

  private reason(name: string): string {
    const cause = lastErrorIn(tailOf(this.log(name)));
    return cause && ` (${cause})`;
  }

  private log(name: string): string {
    return path.join(directories.logs, `${name}.log`);
  }
}

async function end(child: ChildProcess, graceMs: number): Promise<void> {
  const neverStarted = child.pid === undefined;
  if (neverStarted || child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await exited;
  clearTimeout(timer);
}
