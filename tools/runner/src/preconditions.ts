import { mkdirSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { Failure } from './failure';
import { directories } from './settings';

const leastFreeMegabytes = 200;

export function requireDiskSpace(): void {
  // Accounts, keys and mail of this machine: for its owner alone.
  mkdirSync(directories.state, { recursive: true, mode: 0o700 });
  const { bavail, bsize } = statfsSync(directories.state);
  const freeMegabytes = Math.floor((bavail * bsize) / 1024 ** 2);
  if (freeMegabytes < leastFreeMegabytes)
    throw new Failure(
      `Only ${freeMegabytes} MB are free where ${directories.state} lies; free at least ${leastFreeMegabytes} MB.`,
    );
}

export const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

export async function requirePorts(wanted: Readonly<Record<string, number>>): Promise<void> {
  const taken: string[] = [];
  for (const [name, port] of Object.entries(wanted)) if (!(await isFree(port))) taken.push(`${port} (${name})`);
  if (taken.length === 0) return;
  const [noun, verb] = taken.length === 1 ? ['Port', 'is'] : ['Ports', 'are'];
  throw new Failure(
    `${noun} ${taken.join(', ')} ${verb} in use. Stop what uses ${taken.length === 1 ? 'it' : 'them'}, or move all ports: PORT_OFFSET=10000 npm start`,
  );
}
