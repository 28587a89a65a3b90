import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { topology } from '@stocktool/topology';
import { stateDirectory } from './client';

/** What a test does to the system under test other than by its API. */
interface RunningSystem {
  /** Names the running instance of a service: another one has another name. */
  instanceOf(service: string): string;
  /** Ends its process too hard for it to notice, as a crash or the kernel would. */
  kill(service: string): void;
  logOf(service: string): string;
  /** The name by which the services reach a server of this machine, and the address that it must listen on for that. */
  readonly thisMachine: { readonly name: string; readonly listenOn: string };
}

const withProcesses = (): RunningSystem => {
  const ids = () =>
    JSON.parse(readFileSync(path.join(stateDirectory, 'processes.json'), 'utf8')) as Record<string, number>;
  return {
    instanceOf: (service) => String(ids()[service] ?? ''),
    kill: (service) => {
      process.kill(ids()[service] ?? 0, 'SIGKILL');
    },
    logOf: (service) => readFileSync(path.join(stateDirectory, 'logs', `${service}.log`), 'utf8'),
    thisMachine: { name: '127.0.0.1', listenOn: '127.0.0.1' },
  };
};

/** Kills the program under the container's init, so that the container ends as after a crash and its restart policy holds. */
const killMain = `
  const { readdirSync, readFileSync } = require('node:fs');
  for (const id of readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name) && name !== '1'))
    if (readFileSync('/proc/' + id + '/cmdline', 'utf8') === 'node\\0main.js\\0') process.kill(Number(id), 'SIGKILL');`;

const withContainers = (composeCommand: string): RunningSystem => {
  const root = path.resolve(import.meta.dirname, '../..');
  const compose = (...arguments_: string[]) => {
    const [command = '', ...rest] = composeCommand.split(' ');
    return execFileSync(command, [...rest, ...arguments_], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 1e9,
      stdio: 'pipe',
    });
  };
  const container = (service: string) => compose('ps', '-q', service).trim();
  return {
    instanceOf: (service) =>
      execFileSync('docker', ['inspect', '--format', '{{.State.StartedAt}}', container(service)], {
        encoding: 'utf8',
      }),
    kill: (service) => {
      execFileSync('docker', ['exec', container(service), 'node', '-e', killMain], { stdio: 'ignore' });
    },
    logOf: (service) => compose('logs', '--no-color', service),
    thisMachine: { name: 'host.docker.internal', listenOn: '0.0.0.0' },
  };
};

const compose = process.env['COMPOSE'];
export const runningSystem =
  process.env['E2E_TARGET'] === 'containers' && compose !== undefined ? withContainers(compose) : withProcesses();

export const serviceNames = Object.values(topology.services).map(({ name }) => name);
