import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { root } from './settings';

const run = (environment: Record<string, string>, ...arguments_: string[]) =>
  spawnSync(
    process.execPath,
    [
      '--import',
      path.join(root, 'tools/typescript-hooks.mjs'),
      path.join(root, 'tools/runner/src/main.ts'),
      ...arguments_,
    ],
    { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '', ...environment }, timeout: 25_000 },
  );

describe('what cannot be meant is one line and exit code 1', () => {
  const cases: [string, Record<string, string>, string[], string][] = [
    [
      'a port offset that is no number',
      { PORT_OFFSET: 'abc' },
      ['up'],
      'PORT_OFFSET is a whole number from 0 to 15000.',
    ],
    ['an unknown command', {}, ['upp'], 'No command upp; there are'],
    ['an unknown option', {}, ['up', '--wrokers', '2'], "Unknown option '--wrokers'"],
    ['no workers at all', {}, ['up', '--workers', '0'], '--workers takes a number from 1 to 16.'],
  ];
  it.each(cases)('%s', (_what, environment, arguments_, line) => {
    const { status, stdout, stderr } = run(environment, ...arguments_);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toEqual([expect.stringContaining(line)]);
  });
});
