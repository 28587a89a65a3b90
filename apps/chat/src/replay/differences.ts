import type { ReplayDifference } from '@stocktool/contracts';

const shownAtMost = 20;

/** Where two results differ, by the paths of their figures and texts, in the order of the first. */
export function differencesOf(recorded: unknown, replayed: unknown): ReplayDifference[] {
  const found: ReplayDifference[] = [];
  const walk = (one: unknown, other: unknown, path: string): void => {
    if (found.length >= shownAtMost || Object.is(one, other)) return;
    if (!isObject(one) || !isObject(other)) {
      found.push({ path, recorded: one, replayed: other });
      return;
    }
    for (const key of new Set([...Object.keys(one), ...Object.keys(other)]))
      walk(one[key], other[key], path === '' ? key : `${path}.${key}`);
  };
  walk(recorded, replayed, '');
  return found;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
