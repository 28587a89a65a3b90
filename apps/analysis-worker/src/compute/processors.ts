import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';

/** Where a container sees its own limits: the second version of control groups, then the first. */
const limits = [
  (root: string) => quotaOf(read(root, 'cpu.max')?.split(' ')),
  (root: string) => quotaOf([read(root, 'cpu/cpu.cfs_quota_us') ?? '', read(root, 'cpu/cpu.cfs_period_us') ?? '']),
];

/**
 * How many threads can compute at once: the processors that this process may run on, but no more than its container is given time of.
 * Node's `availableParallelism` leaves out the quota of the first version of control groups.
 */
export function processors(root = '/sys/fs/cgroup'): number {
  const given = limits.map((limit) => limit(root)).filter((quota) => quota !== undefined);
  return Math.max(1, Math.min(availableParallelism(), ...given.map(Math.ceil)));
}

/** Quota and period in microseconds, as processors; undefined without a limit (`max`, -1) or without the file. */
function quotaOf(texts: readonly string[] | undefined): number | undefined {
  const [quota, period] = (texts ?? []).map(Number);
  return quota !== undefined && period !== undefined && quota > 0 && period > 0 ? quota / period : undefined;
}

function read(root: string, name: string): string | undefined {
  try {
    return readFileSync(path.join(root, name), 'utf8').trim();
  } catch {
    return undefined;
  }
}
