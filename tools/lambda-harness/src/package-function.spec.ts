import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { unzipSync } from 'fflate';
import { packageFunctions, reproducibleZip } from './package-function';

const text = (content: string) => new TextEncoder().encode(content);
const root = path.resolve(import.meta.dirname, '../../..');

describe('the zip of a function', () => {
  it('is the same bytes whatever the order of the files', () => {
    const one = reproducibleZip({ 'a.js': text('a'), 'b/c.js': text('c') });
    const other = reproducibleZip({ 'b/c.js': text('c'), 'a.js': text('a') });
    expect(Buffer.compare(one, other)).toBe(0);
    expect(Object.keys(unzipSync(one))).toEqual(['a.js', 'b/c.js']);
  });

  it('is the same bytes in another process, another time zone, another year', () => {
    const script = `
      const { packageFunctions } = await import(${JSON.stringify(path.join(import.meta.dirname, 'package-function.ts'))});
      const past = new Date(2001, 5, 5).getTime(); Date.now = () => past;
      process.stdout.write(packageFunctions().map(({ sha256 }) => sha256).join());`;
    const hashes = ['UTC', 'Pacific/Kiritimati', 'America/New_York'].map((TZ) => {
      const { stdout, stderr } = spawnSync(
        process.execPath,
        ['--import', path.join(root, 'tools/typescript-hooks.mjs'), '--input-type=module', '--eval', script],
        { encoding: 'utf8', cwd: root, env: { ...process.env, NODE_OPTIONS: '', TZ } },
      );
      return stdout || stderr;
    });
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(hashes).size).toBe(1);
  });

  it('takes at most 3 MB and holds no source map', () => {
    for (const { bytes } of packageFunctions()) expect(bytes).toBeLessThan(3_000_000);
  });
});
