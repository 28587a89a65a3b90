/** Money at a point of the span, from 0 at its start to 1 at its end; into the account negative, out of it positive. */
export interface Flow {
  at: number;
  amount: number;
}

export type GrowthRates =
  { kind: 'one'; rate: number } | { kind: 'none'; reason: string } | { kind: 'several'; rates: number[] };

/** Of the logarithm of growth over the whole span: from nearly nothing left to 10^13 times as much. */
const widest = 30;
const step = 0.05;

/**
 * Continuous rates y over the span at which the flows are worth nothing together, sum of amount e^(-y at) = 0. There are at most as many as the
 * signs of the flows, in order of time, change (Descartes' rule for exponential sums): with one change there is exactly one, with more they are
 * looked for.
 */
export function growthRates(flows: readonly Flow[]): GrowthRates {
  const inOrder = flows.filter(({ amount }) => amount !== 0).sort((a, b) => a.at - b.at);
  const changes = inOrder.filter(({ amount }, i) => i > 0 && amount > 0 !== inOrder[i - 1]!.amount > 0).length;
  if (changes === 0)
    return { kind: 'none', reason: 'Money only came in or only went out: no rate makes it worth nothing.' };
  const worth = (rate: number): number =>
    inOrder.reduce((sum, { at, amount }) => sum + amount * Math.exp(-rate * at), 0);
  const rates = changes === 1 ? rootsIn(worth, 2 * widest) : rootsIn(worth, step);
  if (rates.length === 0) return { kind: 'none', reason: 'No rate makes these flows worth nothing together.' };
  return rates.length === 1 ? { kind: 'one', rate: rates[0]! } : { kind: 'several', rates };
}

/** Roots in the widest range, by the changes of sign between points that far apart. */
function rootsIn(worth: (rate: number) => number, spacing: number): number[] {
  const roots: number[] = [];
  let [low, atLow] = [-widest, worth(-widest)];
  while (low < widest - spacing / 2) {
    const high = low + spacing;
    const atHigh = worth(high);
    if (atHigh === 0 || atLow * atHigh < 0) roots.push(atHigh === 0 ? high : bisected(worth, low, high, atLow));
    [low, atLow] = [high, atHigh];
  }
  return roots;
}

/** To the last digit; the sign at `low` is known. */
function bisected(worth: (rate: number) => number, low: number, high: number, atLow: number): number {
  let [below, above] = [low, high];
  for (;;) {
    const middle = (below + above) / 2;
    if (middle === below || middle === above) return middle;
    if (Math.sign(worth(middle)) === Math.sign(atLow)) below = middle;
    else above = middle;
  }
}
