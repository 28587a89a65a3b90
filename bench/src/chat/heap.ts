import { setTimeout as delay } from 'node:timers/promises';

const timeoutMs = 20_000;

/** Bytes of the heap of a process that was started with `--inspect=127.0.0.1:port`, after a collection. */
export async function heapAfterCollection(port: number): Promise<number> {
  const listed = await fetch(`http://127.0.0.1:${port}/json`);
  const [{ webSocketDebuggerUrl }] = (await listed.json()) as [{ webSocketDebuggerUrl: string }];
  const socket = new WebSocket(webSocketDebuggerUrl);
  const answers = new Map<number, (result: unknown) => void>();
  socket.addEventListener('message', ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id: number; result: unknown };
    answers.get(id)?.(result);
  });
  await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
  const ask = (id: number, method: string) =>
    Promise.race([
      new Promise<unknown>((resolve) => {
        answers.set(id, resolve);
        socket.send(JSON.stringify({ id, method }));
      }),
      delay(timeoutMs).then(() => Promise.reject(new Error(`${method} is not answered`))),
    ]);
  await ask(1, 'HeapProfiler.collectGarbage');
  const { usedSize } = (await ask(2, 'Runtime.getHeapUsage')) as { usedSize: number };
  socket.close();
  return usedSize;
}
