import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as after } from 'node:timers/promises';
import { startLocalAws, type LocalAws, type LocalAwsOptions } from '../local-aws';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** How the SDK clients of the tests are set up: no retries, so that an error is seen. */
export const clientOf = (endpoint: string) => ({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });

/** An endpoint in this process, for one spec file. */
export function endpointForSpec(options: Partial<LocalAwsOptions> = {}): { readonly url: string } {
  let running: LocalAws | undefined;
  beforeAll(async () => {
    running = await startLocalAws({ port: 0, ttlSweepSeconds: 1, ...options });
  });
  afterAll(async () => {
    await running?.stop();
  });
  return {
    get url() {
      return running!.url;
    },
  };
}

const root = path.resolve(import.meta.dirname, '../../../..');

export interface Child {
  readonly process: ChildProcess;
  readonly url: string;
  /** Ends it and returns how it ended. */
  end(signal: NodeJS.Signals): Promise<{ code: number | null; signal: string | null; tookMs: number }>;
}

/** The program itself, as the runner starts it. */
export async function startProgram(env: Record<string, string> = {}): Promise<Child> {
  const child = spawnProgram(env);
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`ended with code ${code}`)));
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const ready = /^local-aws ready (http:\/\/\S+)$/.exec(line)?.[1];
      if (ready) resolve(ready);
      else reject(new Error(`unexpected line: ${line}`));
    });
  });
  return {
    process: child,
    url,
    end: async (signal) => {
      const startedAt = performance.now();
      const exit = once(child, 'exit') as Promise<[number | null, string | null]>;
      child.kill(signal);
      const [code, killedBy] = await exit;
      return { code, signal: killedBy, tookMs: performance.now() - startedAt };
    },
  };
}

export function spawnProgram(env: Record<string, string>): ChildProcess {
  const hooks = path.join(root, 'tools/typescript-hooks.mjs');
  return spawn(process.execPath, ['--import', hooks, path.join(root, 'tools/local-aws/src/main.ts')], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', NODE_OPTIONS: '', LOCAL_AWS_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Asks again until the answer is there; fails after the deadline with what was seen last. */
export async function eventually<T>(
  ask: () => Promise<T>,
  enough: (answer: T) => boolean,
  withinMs = 10_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (enough(answer)) return answer;
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms; last: ${JSON.stringify(answer)}`);
    await after(50);
  }
}
