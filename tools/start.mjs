import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';

/**
 * The door of every npm script: needs nothing but Node 20 and npm. Installs what is missing, finds Node 24 (on Linux it
 * comes as a package) and hands over to the runner. Plain JavaScript, because nothing is installed when it begins.
 */
const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '..');
const oldestNpmNode = 20;
const runnerNode = 24;

function fail(line) {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}

const majorOf = (version) => Number(version.replace(/^v/, '').split('.')[0]);

function install() {
  const marker = path.join(root, 'node_modules/.installed');
  const lock = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === lock) return;
  process.stdout.write('Installing packages (once, under a minute) …\n');
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const [command, ...first] = npm;
  const arguments_ = [...first, 'ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, stderr } = spawnSync(command, arguments_, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) {
    const reason = (stderr ?? '').split('\n').find((line) => line.startsWith('npm error') && line.length > 12);
    fail(`npm ci failed: ${reason?.replace('npm error ', '') ?? 'see `npm ci` for the reason'}`);
  }
  writeFileSync(marker, lock);
}

function findNode() {
  const packaged = path.join(root, `node_modules/node-linux-${process.arch}/bin/node`);
  if (existsSync(packaged)) return packaged;
  if (majorOf(process.version) >= runnerNode) return process.execPath;
  return fail(
    `StockTool runs on Node ${runnerNode}; this is ${process.version}. Install Node ${runnerNode} and try again.`,
  );
}

if (majorOf(process.version) < oldestNpmNode)
  fail(`Node ${oldestNpmNode} or later is needed; this is ${process.version}.`);
install();
const node = findNode();
const runner = (...arguments_) => [
  '--import',
  path.join(root, 'tools/typescript-hooks.mjs'),
  '--disable-warning=ExperimentalWarning',
  path.join(root, 'tools/runner/src/main.ts'),
  ...arguments_,
];
const options = {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ''}` },
};
const child = spawn(node, runner(...process.argv.slice(2)), options);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));

// A parent that was killed hard cannot pass the signal on: its absence is the signal. (The npm scripts say `exec`, so that the
// parent is npm: a shell between would keep npm's signals to itself.)
const parent = process.ppid;
const watch = setInterval(() => {
  if (process.ppid !== parent) child.kill('SIGTERM');
}, 1000);
watch.unref();
child.on('exit', (code, signal) => {
  if (code !== null) process.exit(code);
  // Killed, it could not stop what it had started.
  spawnSync(node, runner('tidy'), options);
  process.exit(128 + constants.signals[signal]);
});
