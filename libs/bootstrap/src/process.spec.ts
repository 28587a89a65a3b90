import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';

const root = path.resolve(import.meta.dirname, '../../..');

interface Running {
  child: ChildProcess;
  lines: string[];
  line: (part: string) => Promise<string>;
  exit: Promise<number | null>;
}

const started: ChildProcess[] = [];
const occupants: Server[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  for (const server of occupants.splice(0)) server.close();
});

function start(arguments_: string[] = [], env: Record<string, string> = {}): Running {
  const child = spawn(
    process.execPath,
    [
      '--import',
      path.join(root, 'tools/typescript-hooks.mjs'),
      path.join(import.meta.dirname, 'process.fixture.ts'),
      ...arguments_,
    ],
    {
      cwd: root,
      env: { ...process.env, NODE_OPTIONS: '', METRICS_FLUSH_SECONDS: '60', ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  started.push(child);
  const lines: string[] = [];
  const wanted: { part: string; resolve: (line: string) => void }[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    for (const { part, resolve } of wanted) if (line.includes(part)) resolve(line);
  });
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  const line = (part: string) =>
    new Promise<string>((resolve, reject) => {
      const found = lines.find((one) => one.includes(part));
      if (found) return resolve(found);
      wanted.push({ part, resolve });
      void exit.then((code) => reject(new Error(`ended with ${code} before "${part}": ${lines.join('\n')}`)));
    });
  return { child, lines, line, exit };
}

const urlOf = async (service: Running) => JSON.parse(await service.line('"listening"')).url as string;

describe('SIGTERM', () => {
  it('turns live to 503 at once, finishes requests with their modules still open, flushes metrics, ends with 0', async () => {
    const service = start([], { DRAIN_GRACE_SECONDS: '1' });
    const url = await urlOf(service);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    const slow = fetch(`${url}/wait?ms=2000`);
    await new Promise((resolve) => setTimeout(resolve, 200));
    service.child.kill('SIGTERM');
    await service.line('draining');
    const live = await fetch(`${url}/health/live`);
    expect([live.status, await live.json()]).toEqual([503, { status: 'draining' }]);
    const answer = await slow;
    expect([answer.status, await answer.json()]).toEqual([200, { closed: false }]);
    expect([answer, live].map(({ headers }) => headers.get('connection'))).toEqual(['close', 'close']);
    expect(await service.exit).toBe(0);
    expect(service.lines).toContain('flushed Requests 1');
    expect(service.lines).toContain('flushed Heartbeat 1');
    expect(service.lines.filter((line) => line.includes('"route":"/wait"'))).toHaveLength(1);
    expect(service.lines.at(-1)).toContain('"msg":"ended"');
  });

  it('ends event streams, which would never end by themselves', async () => {
    const service = start();
    const stream = await fetch(`${await urlOf(service)}/endless`);
    expect(stream.status).toBe(200);
    const sentAt = performance.now();
    service.child.kill('SIGTERM');
    await stream.text();
    expect(await service.exit).toBe(0);
    expect(performance.now() - sentAt).toBeLessThan(4000);
  });

  it('ends at once at the second signal', async () => {
    const service = start();
    const slow = fetch(`${await urlOf(service)}/wait?ms=20000`).catch(() => 'cut');
    await new Promise((resolve) => setTimeout(resolve, 200));
    service.child.kill('SIGINT');
    await service.line('draining');
    const sentAt = performance.now();
    service.child.kill('SIGINT');
    expect(await service.exit).toBe(1);
    expect(performance.now() - sentAt).toBeLessThan(1000);
    expect(await slow).toBe('cut');
  });
});

it('writes lines soon after they were logged, without more of them', async () => {
  const service = start();
  await fetch(`${await urlOf(service)}/wait?ms=0`);
  const loggedAt = performance.now();
  expect(await service.line('"route":"/wait"')).toContain('"status":200');
  expect(performance.now() - loggedAt).toBeLessThan(2000);
});

it('logs a rejection that nobody handles, flushes metrics and ends with 1', async () => {
  const service = start();
  await fetch(`${await urlOf(service)}/reject`);
  expect(await service.exit).toBe(1);
  expect(service.lines.filter((line) => line.includes('nobody awaits this'))).toHaveLength(1);
  expect(service.lines).toContain('flushed Requests 1');
});

describe('a taken port', () => {
  it.each(['http', 'grpc'])('of %s is one clear line and exit code 1', async (kind) => {
    const other = createServer().listen(0, '127.0.0.1');
    occupants.push(other);
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const service = start(kind === 'http' ? [String(port)] : ['0', `127.0.0.1:${port}`]);
    expect(await service.exit).toBe(1);
    expect(service.lines.filter((line) => /"level":"(?:fatal|error)"/.test(line))).toEqual([
      expect.stringContaining('port taken'),
    ]);
  });
});

it('names a bad environment without its values', async () => {
  const service = start([], { LOG_LEVEL: 'hunter2' });
  expect(await service.exit).toBe(1);
  expect(service.lines).toEqual([expect.stringContaining('LOG_LEVEL')]);
  expect(service.lines.join()).not.toContain('hunter2');
});
