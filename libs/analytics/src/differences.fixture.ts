/** Below this a figure is the rounding of terms that cancel (the alpha of the benchmark itself, likelihoods that are nearly equal). */
const floorOf = (path: string): number => (path.endsWith('.statistic') ? 1e-11 : 1e-13);

/** Where a value is further than 1e-9 (relative) from a reference; what the reference does not have is not looked at. */
export function differences(actual: unknown, expected: unknown, path: string): string[] {
  if (typeof expected === 'number') {
    const close =
      typeof actual === 'number' && Math.abs(actual - expected) <= Math.max(1e-9 * Math.abs(expected), floorOf(path));
    return close ? [] : [`${path}: ${String(actual)}, the reference has ${expected}`];
  }
  if (expected === null || typeof expected !== 'object')
    return actual === expected ? [] : [`${path}: ${String(actual)}, the reference has ${String(expected)}`];
  return Object.entries(expected).flatMap(([key, value]) =>
    differences((actual as Record<string, unknown> | undefined)?.[key], value, `${path}.${key}`),
  );
}
