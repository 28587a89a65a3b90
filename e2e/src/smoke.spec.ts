import { execFile } from 'node:child_process';
import path from 'node:path';
import { baseUrl, stateDirectory } from './client';
import { readFileSync } from 'node:fs';

const script = path.resolve(import.meta.dirname, '../../tools/smoke/smoke.mjs');

/** The script as the pipeline and a person run it. */
const smoke = (url: string, environment: Record<string, string> = {}) =>
  new Promise<{ code: number; lines: string[] }>((resolve) => {
    const env = { PATH: process.env['PATH'], ...environment };
    execFile(process.execPath, [script, url], { env, timeout: 60_000 }, (error, output) => {
      const lines = output.split('\n').filter((line) => line !== '');
      resolve({ code: error === null ? 0 : Number(error.code), lines });
    });
  });

describe('the smoke test', () => {
  it('finds a system that works well, with an account of its own that it deletes', async () => {
    const { code, lines } = await smoke(baseUrl);
    expect(lines.filter((line) => line.startsWith('WRONG'))).toEqual([]);
    expect(code).toBe(0);
    for (const what of ['OpenAPI', 'a quote', 'an analysis', 'its report', 'an answer in chat', 'forgets the account'])
      expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^ok .*${what}`)));
  });

  it('takes an API key instead', async () => {
    const file = path.join(stateDirectory, 'demo-account.json');
    const { apiKey } = JSON.parse(readFileSync(file, 'utf8')) as { apiKey: string };
    const { code, lines } = await smoke(baseUrl, { SMOKE_API_KEY: apiKey });
    expect(code).toBe(0);
    expect(lines).toContainEqual(expect.stringMatching(/^ok .*lets its caller in.*an API key/));
  });

  it('ends with 1 where nothing answers, and where the key is worth nothing', async () => {
    const nothing = await smoke('http://127.0.0.1:9', { SMOKE_WAIT_SECONDS: '0' });
    expect(nothing).toEqual({ code: 1, lines: [expect.stringMatching(/^WRONG/), '1 wrong.'] });
    const refused = await smoke(baseUrl, { SMOKE_API_KEY: 'stk_of_nobody' });
    expect(refused.code).toBe(1);
    expect(refused.lines).toContainEqual(expect.stringMatching(/^WRONG +a quote: answered 401/));
  });
});
