import { setTimeout as delay } from 'node:timers/promises';

/**
 * Repeats the check until it neither throws nor returns false, null or undefined, and returns its value. Fails with the last
 * error at the deadline.
 */
export async function eventually<Value>(
  check: () => Value | Promise<Value>,
  { timeoutMs = 5000, everyMs = 20 }: { timeoutMs?: number; everyMs?: number } = {},
): Promise<Exclude<Value, false | null | undefined>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const outcome = await attempt(check);
    if ('value' in outcome && isThere(outcome.value)) return outcome.value;
    if (performance.now() >= deadline) {
      if ('error' in outcome) throw outcome.error;
      throw new Error(`still ${String(outcome.value)} after ${timeoutMs} ms`);
    }
    await delay(everyMs);
  }
}

async function attempt<Value>(check: () => Value | Promise<Value>): Promise<{ value: Value } | { error: unknown }> {
  try {
    return { value: await check() };
  } catch (error) {
    return { error };
  }
}

const isThere = <Value>(value: Value): value is Exclude<Value, false | null | undefined> =>
  value !== false && value !== undefined && value !== null;
