import { systemClock } from '@stocktool/contracts';

let knownMs = Number.NaN;
let text = '';

/** The present in ISO 8601; many lines are of one millisecond. */
export function isoNow(): string {
  const ms = systemClock.epochMs();
  if (ms !== knownMs) {
    knownMs = ms;
    text = new Date(ms).toISOString();
  }
  return text;
}
