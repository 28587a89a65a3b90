import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { topology } from '@stocktool/topology';
import { eventually } from './client';

const root = path.resolve(import.meta.dirname, '../..');
const startTimeoutMs = 120_000;

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** A system that a test starts, stops and kills: ports and state of its own. */
export class OwnSystem {
  readonly baseUrl: string;
  readonly awsUrl: string;
  readonly ports: readonly number[];
  output = '';
  private child: ChildProcess | undefined;

  constructor(
    readonly offset: number,
    readonly stateDirectory: string,
    private readonly environment: Record<string, string> = {},
  ) {
    const { apiGateway, chat, analysisWorker, notifier, metricsCollector } = topology.services;
    const services = [apiGateway, chat, analysisWorker, notifier, metricsCollector].map(({ httpPort }) => httpPort);
    this.ports = [...services, analysisWorker.httpPort + 10, chat.grpcPort, 4566, 4525, 4580].map(
      (port) => port + offset,
    );
    this.baseUrl = `http://127.0.0.1:${apiGateway.httpPort + offset}`;
    this.awsUrl = `http://127.0.0.1:${4566 + offset}`;
  }

  /** What npm starts. */
  get processId(): number {
    return this.child?.pid ?? 0;
  }

  /** By name; `runner` is the one that started the others. */
  get processes(): Record<string, number> {
    const file = path.join(this.stateDirectory, 'processes.json');
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>) : {};
  }

  get apiKey(): string {
    const file = path.join(this.stateDirectory, 'demo-account.json');
    return (JSON.parse(readFileSync(file, 'utf8')) as { apiKey: string }).apiKey;
  }

  async start(...arguments_: string[]): Promise<void> {
    this.output = '';
    this.child = this.spawn('up', arguments_, (text) => (this.output += text));
    const { child } = this;
    await eventually(
      'the system is ready',
      () => {
        if (child.exitCode !== null) throw new Error(`the system ended with code ${child.exitCode}: ${this.output}`);
        return Promise.resolve(this.output.includes('StockTool is ready'));
      },
      startTimeoutMs,
    );
  }

  /** One command of the runner to its end. */
  async command(name: string, environment: Record<string, string> = {}, ...arguments_: string[]): Promise<Ended> {
    let output = '';
    const child = this.spawn(name, arguments_, (text) => (output += text), environment);
    await once(child, 'close');
    return { code: child.exitCode, output };
  }

  /** SIGINT to what npm starts, as Ctrl-C; how it ended and how long that took. */
  async interrupt(): Promise<{ code: number | null; milliseconds: number }> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null)
      return { code: null, milliseconds: 0 };
    const startedAt = performance.now();
    const exited = once(child, 'exit');
    child.kill('SIGINT');
    await exited;
    return { code: child.exitCode, milliseconds: performance.now() - startedAt };
  }

  /** Ports of this system on which something listens. */
  async openPorts(): Promise<number[]> {
    const open = await Promise.all(this.ports.map(async (port) => ((await isOpen(port)) ? [port] : [])));
    return open.flat();
  }

  private spawn(
    name: string,
    arguments_: readonly string[],
    hear: (text: string) => void,
    environment: Record<string, string> = {},
  ): ChildProcess {
    const child = spawn(process.execPath, [path.join(root, 'tools/start.mjs'), name, ...arguments_], {
      cwd: root,
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        ...this.environment,
        PORT_OFFSET: String(this.offset),
        STATE_DIR: this.stateDirectory,
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.on('data', (chunk: Buffer) => hear(chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => hear(chunk.toString()));
    return child;
  }
}

/** False for a process that has ended, also where nobody has asked for its exit code yet. */
export function isAlive(processId: number): boolean {
  try {
    return !/^Z/.test(execFileSync('ps', ['-o', 'stat=', '-p', String(processId)], { encoding: 'utf8' }).trim());
  } catch {
    return false;
  }
}

/** Seconds of processor time that a process has used. */
export const processorSeconds = (processId: number): number => {
  const fields = readFileSync(`/proc/${processId}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const ticksPerSecond = 100;
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
};

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
