import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { processors } from './processors';

describe('processors', () => {
  const roots: string[] = [];
  afterAll(() => roots.forEach((root) => rmSync(root, { recursive: true })));

  function withFiles(files: Record<string, string>): number {
    const root = mkdtempSync(path.join(tmpdir(), 'cgroup-'));
    roots.push(root);
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
      writeFileSync(path.join(root, name), `${text}\n`);
    }
    return processors(root);
  }

  it('are those that the container is given time of, rounded up', () => {
    expect(withFiles({ 'cpu.max': '100000 100000' })).toBe(1);
    expect(withFiles({ 'cpu.max': '25000 100000' })).toBe(1);
    expect(withFiles({ 'cpu/cpu.cfs_quota_us': '50000', 'cpu/cpu.cfs_period_us': '100000' })).toBe(1);
  });

  it('are those of the machine when the container has none or a larger limit', () => {
    const all = availableParallelism();
    expect(withFiles({})).toBe(all);
    expect(withFiles({ 'cpu.max': 'max 100000' })).toBe(all);
    expect(withFiles({ 'cpu.max': '6400000 100000' })).toBe(all);
    expect(withFiles({ 'cpu/cpu.cfs_quota_us': '-1', 'cpu/cpu.cfs_period_us': '100000' })).toBe(all);
  });
});
