import { spawn } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './settings';

const bin = (name: string) => path.join(root, 'node_modules/.bin', name);

interface Step {
  readonly name: string;
  readonly command: readonly string[];
  readonly environment?: Record<string, string>;
}

/** Without the project graph ESLint would leave out the module boundaries. */
const graph: Step = { name: 'project graph', command: [bin('nx'), 'show', 'projects'] };
const lint: Step = { name: 'lint', command: [bin('eslint'), '.'], environment: { LINT_WHOLE: '1' } };
/** Each uses one core, and together they take as long as the linter. */
const besideLint: readonly Step[] = [
  { name: 'format', command: [bin('prettier'), '--check', '.', '--log-level=warn'] },
  { name: 'types', command: [bin('tsc'), '-p', 'tsconfig.json'] },
  { name: 'dead code', command: [bin('knip')] },
];
const bundles: readonly Step[] = [
  { name: 'build', command: [bin('nx'), 'run-many', '-t', 'build', '--output-style=static'] },
  { name: 'workflows and scripts', command: [process.execPath, path.join(root, 'tools/workflows/dist/main.js')] },
];
const tests: Step = { name: 'tests', command: [bin('nx'), 'run-many', '-t', 'test', '--output-style=static'] };

/** `npm test` and `npm run check`: format, lint, types, dead code, bundles, workflows, then unit and integration tests of every project. */
export async function check(): Promise<number> {
  if (!(await inTurn([graph]))) return 1;
  const sound = await Promise.all([inTurn([lint]), inTurn(besideLint)]);
  if (!sound.every(Boolean) || !(await inTurn(bundles))) return 1;
  const passed = await run(tests);
  const { passed: count, failed } = tally();
  console.log(`\nUnit and integration tests: ${count} passed, ${failed} failed`);
  return passed && failed === 0 ? 0 : 1;
}

async function inTurn(steps: readonly Step[]): Promise<boolean> {
  for (const step of steps) if (!(await run(step))) return false;
  return true;
}

function run({ name, command, environment }: Step): Promise<boolean> {
  const startedAt = performance.now();
  const [file, ...arguments_] = command as [string, ...string[]];
  return new Promise((resolve) => {
    const child = spawn(file, arguments_, {
      cwd: root,
      env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', FORCE_COLOR: '0', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('exit', (code) => {
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      console.log(`${code === 0 ? 'ok    ' : 'FAILED'}  ${name} (${seconds} s)`);
      if (code !== 0) console.log(output.slice(-20_000));
      resolve(code === 0);
    });
  });
}

/** Sum over the projects of what the tally reporter left; cached projects count too. */
function tally(): { passed: number; failed: number } {
  const files = globSync('{apps,libs,libs/aws,infra,tools}/*/.jest/tally.json', { cwd: root });
  const rows = files.map(
    (file) => JSON.parse(readFileSync(path.join(root, file), 'utf8')) as { passed: number; failed: number },
  );
  return {
    passed: rows.reduce((sum, { passed }) => sum + passed, 0),
    failed: rows.reduce((sum, { failed }) => sum + failed, 0),
  };
}

/** `npm run e2e`: the suite in `e2e/` against a system that it starts on ports and state of its own. */
export function jest(
  project: string,
  arguments_: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      [path.join(root, 'node_modules/jest/bin/jest.js'), '--runInBand', ...arguments_],
      {
        cwd: path.join(root, project),
        env: {
          ...process.env,
          NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
          ...environment,
        },
        stdio: 'inherit',
      },
    );
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
