export interface WholeShares {
  readonly quantities: number[];
  readonly leftover: number;
}

/** More rounds than any list of holdings needs; each lowers the distance. */
const mostRounds = 10_000;

/**
 * Whole shares for an amount of cash whose values are near to weight * cash: lowers the sum of what each position misses plus the cash left
 * over, never spending more than there is. Rounded down, then changed by one share of one position or of two at a time, each time the
 * change that helps most, until none does. Only negative weights are sold short, none of the others; what that brings in can be spent.
 */
export function wholeShares(weights: ArrayLike<number>, prices: ArrayLike<number>, cash: number): WholeShares {
  const n = weights.length;
  const target = Array.from({ length: n }, (_, i) => weights[i]! * cash);
  const quantities = target.map((value, i) => Math.floor(value / prices[i]!));
  let leftover = cash - quantities.reduce((sum, each, i) => sum + each * prices[i]!, 0);
  const missed = (i: number, change: number) => Math.abs(target[i]! - (quantities[i]! + change) * prices[i]!);
  const keepsSide = (i: number, by: number) => (quantities[i]! + by) * Math.sign(target[i]! || 1) >= 0;
  const change = (i: number, by: number) => {
    quantities[i]! += by;
    leftover -= by * prices[i]!;
  };
  for (let round = 0; round < mostRounds; round++) {
    const move = bestMove(n, (i, by) => (keepsSide(i, by) ? missed(i, by) - missed(i, 0) : Infinity), prices, leftover);
    if (!move) break;
    for (const { i, by } of move) change(i, by);
  }
  return { quantities, leftover: Math.max(0, leftover) };
}

interface Change {
  readonly i: number;
  readonly by: number;
}

/** The change of one share, or of one share each of two, that lowers what is missed plus the cash left over most. */
function bestMove(
  n: number,
  effectOf: (i: number, by: number) => number,
  prices: ArrayLike<number>,
  leftover: number,
): Change[] | undefined {
  const single: (Change & { effect: number; spent: number })[] = [];
  for (let i = 0; i < n; i++)
    for (const by of [1, -1]) single.push({ i, by, effect: effectOf(i, by), spent: by * prices[i]! });
  let best: Change[] | undefined;
  let most = -1e-9;
  const offer = (effect: number, spent: number, changes: Change[]) => {
    if (spent > leftover || effect - spent >= most) return;
    most = effect - spent;
    best = changes;
  };
  for (const one of single) {
    offer(one.effect, one.spent, [one]);
    for (const other of single)
      if (other.i > one.i) offer(one.effect + other.effect, one.spent + other.spent, [one, other]);
  }
  return best;
}
