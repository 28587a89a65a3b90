import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from './docker';

let directory: string;
let port: number;
beforeEach(async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
  server.close();
  directory = mkdtempSync(path.join(tmpdir(), 'stocktool-compile-ahead-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const compileAhead = (program: string) => {
  writeFileSync(path.join(directory, 'package.json'), '{"type":"module"}');
  writeFileSync(path.join(directory, 'main.js'), program);
  const { status, stderr } = spawnSync('sh', [path.join(root, 'tools/images/compile-ahead.sh'), './compiled'], {
    cwd: directory,
    env: { PATH: process.env['PATH'], TMPDIR: directory, PORT: String(port), HEALTH_PATH: '/health/live' },
    encoding: 'utf8',
  });
  return { status, stderr };
};
const compiled = () => readdirSync(path.join(directory, 'compiled'));

const answering = `
  import { createServer } from 'node:http';
  createServer((request, response) => response.end()).listen(process.env.PORT, '127.0.0.1');`;
const endingWith = (message: string) => `
  console.log(JSON.stringify({ level: 60, err: { message: '${message}' }, msg: 'could not start' }));
  process.exit(1);`;

describe('what is compiled ahead while an image is built', () => {
  it.each([
    ['answers', answering],
    ['ends because it finds no queue', endingWith('connect ECONNREFUSED 127.0.0.1:9')],
  ])('is kept of a program that %s', (_, program) => {
    expect(compileAhead(program)).toEqual({ status: 0, stderr: '' });
    expect(compiled()).not.toEqual([]);
  });

  it.each([
    ['throws', 'throw new TypeError("it is no function")', 'it is no function'],
    ['says that it could not start', endingWith('no provider for Clock'), 'no provider for Clock'],
  ])('is nothing, and the output is shown, when the program %s', (_, program, said) => {
    const { status, stderr } = compileAhead(program);
    expect([status, stderr]).toEqual([1, expect.stringContaining(said)]);
    expect(stderr).toContain('exit code 1');
  });
});
