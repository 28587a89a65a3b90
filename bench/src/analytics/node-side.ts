import { createInterface } from 'node:readline';

export type Task = (argument: never) => unknown;

interface Asked {
  readonly task: string;
  readonly argument?: unknown;
  readonly repeat: number;
}

/** One side of a measurement: named tasks, asked for by JSON lines on stdin, answered with CPU time (of all threads) and result on stdout. */
export function serve(tasks: Record<string, Task>): void {
  createInterface({ input: process.stdin }).on('line', (line) => void answer(tasks, JSON.parse(line) as Asked));
}

async function answer(tasks: Record<string, Task>, { task, argument, repeat }: Asked): Promise<void> {
  const run = tasks[task];
  if (!run) throw new Error(`no task ${task}`);
  const startedAt = performance.now();
  const before = process.cpuUsage();
  let result: unknown;
  for (let i = 0; i < repeat; i++) {
    result = run(argument as never);
    if (result instanceof Promise) result = await result;
  }
  const { user, system } = process.cpuUsage(before);
  const wallMs = (performance.now() - startedAt) / repeat;
  process.stdout.write(`${JSON.stringify({ cpuMs: (user + system) / 1000 / repeat, wallMs, result })}\n`);
}
