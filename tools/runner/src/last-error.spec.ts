import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lastErrorIn, tailOf } from './last-error';

describe('the cause that a log names', () => {
  it('is the message of the last error, without its stack', () => {
    const log = [
      '{"level":"error","err":{"type":"Error","message":"first"},"msg":"failed"}',
      '{"level":"fatal","err":{"type":"Error","message":"the table is gone\\nmore","stack":"Error: the table is gone\\n    at x"},"msg":"could not start"}',
      '{"level":"info","msg":"ended"}',
    ].join('\n');
    expect(lastErrorIn(log)).toBe('the table is gone');
  });

  it('is the line itself when a program wrote plain text', () => {
    expect(lastErrorIn('local-aws ready\nlocal-aws: port 4566 on 127.0.0.1 is taken\n')).toBe(
      'local-aws: port 4566 on 127.0.0.1 is taken',
    );
    expect(lastErrorIn('file:///a.js:1\nthrow x\n\nTypeError: x is not a function\n    at a.js:1:1\n')).toBe(
      'TypeError: x is not a function',
    );
    expect(lastErrorIn('BadEnvironment [Error]: Bad environment: PORT (too_big)\n    at a.js:1:1\n\nNode.js v24')).toBe(
      'BadEnvironment [Error]: Bad environment: PORT (too_big)',
    );
  });

  it('is nothing when the log names none', () => {
    expect(lastErrorIn('')).toBe('');
    expect(lastErrorIn('{"level":"info","msg":"listening"}')).toBe('');
  });

  it('is found at the end of a log that is large, and missed without a fault where there is no log', () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'last-error-'));
    const file = path.join(directory, 'chat.log');
    writeFileSync(file, `${'{"level":"info","msg":"request"}\n'.repeat(100_000)}RangeError: too far\n`);
    expect(lastErrorIn(tailOf(file))).toBe('RangeError: too far');
    expect(tailOf(path.join(directory, 'none.log'))).toBe('');
    rmSync(directory, { recursive: true });
  });
});
