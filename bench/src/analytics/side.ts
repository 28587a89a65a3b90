import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const root = path.resolve(import.meta.dirname, '../../..');
const timeoutMs = 120_000;

const Answer = z.object({ cpuMs: z.number(), wallMs: z.number(), result: z.unknown().optional() });
export type Answer = z.infer<typeof Answer>;

/** Linear algebra libraries take every core they find; a side has one, so that its CPU time means something. */
const oneThread = Object.fromEntries(
  ['OMP', 'OPENBLAS', 'MKL', 'NUMBA', 'VECLIB_MAXIMUM'].map((name) => [`${name}_NUM_THREADS`, '1']),
);

/** A process that does named tasks, one at a time: `serve` of node-side.ts or of bench/python/side.py. */
export class Side {
  private waiting: PromiseWithResolvers<Answer> | undefined;

  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
  ) {
    createInterface({ input: child.stdout! }).on('line', (line) =>
      this.waiting?.resolve(Answer.parse(JSON.parse(line))),
    );
    child.once('exit', (code) => this.waiting?.reject(new Error(`${name} ended with ${code}`)));
  }

  /** A program of bench/python. */
  static python(name: string, python: string, program: string, ...programArguments: string[]): Side {
    return Side.start(name, python, [path.join(root, 'bench/python', program), ...programArguments]);
  }

  /** A program of this folder, in a Node of its own. */
  static node(name: string, program: string, ...programArguments: string[]): Side {
    const hooks = path.join(root, 'tools/typescript-hooks.mjs');
    const file = path.join(import.meta.dirname, program);
    return Side.start(name, process.execPath, ['--import', hooks, file, ...programArguments]);
  }

  private static start(name: string, command: string, commandArguments: string[]): Side {
    const env = { ...process.env, ...oneThread };
    return new Side(name, spawn(command, commandArguments, { cwd: root, env, stdio: ['pipe', 'pipe', 'inherit'] }));
  }

  /** Does the task `repeat` times; times are of one. The result is that of the last. */
  async run(task: string, { argument, repeat = 1 }: { argument?: unknown; repeat?: number } = {}): Promise<Answer> {
    this.waiting = Promise.withResolvers();
    const late = setTimeout(() => this.waiting?.reject(new Error(`${this.name}: ${task} takes too long`)), timeoutMs);
    this.child.stdin!.write(`${JSON.stringify({ task, argument, repeat })}\n`);
    try {
      return await this.waiting.promise;
    } finally {
      clearTimeout(late);
    }
  }

  stop(): void {
    this.child.stdin!.end();
    this.child.kill();
  }
}
