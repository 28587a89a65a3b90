import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { topology } from '@stocktool/topology';
import { unzipSync } from 'fflate';
import { type FunctionError, type Outcome, RuntimeApi } from './runtime-api';

type FunctionSpec = (typeof topology.functions)[keyof typeof topology.functions];

export class InitialisationFailed extends Error {
  constructor({ errorType, errorMessage }: FunctionError) {
    super(`${errorType}: ${errorMessage}`);
  }
}

/** Lambda's own limit for the time before the first event. */
const initTimeoutMs = 10_000;
const runtimeClient = path.join(import.meta.dirname, 'runtime-client.mjs');

/**
 * One execution environment of a function: its zip unpacked and read-only, its process with Lambda's variables and nothing else
 * of this one's environment, its events by the Runtime API.
 */
export class FunctionProcess {
  private constructor(
    private readonly spec: FunctionSpec,
    private readonly directory: string,
    private readonly api: RuntimeApi,
    private readonly child: ChildProcess,
    /** From the start of the process to its call for the first event. */
    readonly initMs: number,
  ) {}

  static async start(spec: FunctionSpec, zip: string, environment: Record<string, string>): Promise<FunctionProcess> {
    const directory = unpack(zip);
    const ready = Promise.withResolvers<number>();
    const arn = `arn:aws:lambda:${topology.region}:000000000000:function:${spec.name}`;
    const api = new RuntimeApi({
      functionArn: arn,
      onReady: () => ready.resolve(performance.now()),
      onInitError: (error) => ready.reject(new InitialisationFailed(error)),
    });
    await api.listen();
    const startedAt = performance.now();
    const child = spawn(process.execPath, [runtimeClient], {
      cwd: directory,
      env: {
        PATH: '/usr/local/bin:/usr/bin:/bin',
        TZ: ':UTC',
        LANG: 'en_US.UTF-8',
        AWS_LAMBDA_RUNTIME_API: api.address,
        AWS_LAMBDA_FUNCTION_NAME: spec.name,
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMegabytes),
        LAMBDA_TASK_ROOT: directory,
        _HANDLER: 'handler.handler',
        AWS_REGION: topology.region,
        ...environment,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    child.once('exit', (code) => ready.reject(new Error(`the function's process ended with code ${code}`)));
    const late = setTimeout(() => ready.reject(new Error('the function did not initialise in time')), initTimeoutMs);
    try {
      return new FunctionProcess(spec, directory, api, child, (await ready.promise) - startedAt);
    } catch (error) {
      discard(child, api, directory);
      throw error;
    } finally {
      clearTimeout(late);
    }
  }

  /** As a caller that waits for the answer. A run past the function's limit ends the process, and that is the error. */
  async invoke(event: unknown): Promise<Outcome> {
    const timeoutMs = this.spec.timeoutSeconds * 1000;
    const timedOut = Promise.withResolvers<Outcome>();
    const timer = setTimeout(() => {
      this.child.kill('SIGKILL');
      const errorMessage = `Task timed out after ${this.spec.timeoutSeconds.toFixed(2)} seconds`;
      timedOut.resolve({ kind: 'failed', error: { errorType: 'Sandbox.Timedout', errorMessage } });
    }, timeoutMs);
    try {
      return await Promise.race([this.api.invoke(event, timeoutMs), timedOut.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  stop(): void {
    discard(this.child, this.api, this.directory);
  }
}

function discard(child: ChildProcess, api: RuntimeApi, directory: string): void {
  child.kill('SIGKILL');
  api.close();
  rmSync(directory, { recursive: true, force: true });
}

function unpack(zip: string): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'function-'));
  for (const [name, content] of Object.entries(unzipSync(readFileSync(zip)))) {
    const file = path.join(directory, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    chmodSync(file, 0o444);
  }
  return directory;
}
