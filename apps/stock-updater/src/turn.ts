import { setTimeout as delay } from 'node:timers/promises';

/** Symbols in their order, from the first behind a place and around to it. */
export function fromBehind(symbols: readonly string[], place: string | undefined): string[] {
  const at = place === undefined ? 0 : symbols.findIndex((symbol) => symbol > place);
  return at <= 0 ? [...symbols] : [...symbols.slice(at), ...symbols.slice(0, at)];
}

/** Waits until a vendor may be asked again, where the time allows; false where it does not, or is over. */
export async function mayAsk(
  availableInMs: () => number,
  remainingMs: () => number,
  reservedMs: number,
): Promise<boolean> {
  for (;;) {
    const waitMs = availableInMs();
    if (remainingMs() - waitMs <= reservedMs) return false;
    if (waitMs === 0) return true;
    await delay(waitMs);
  }
}
