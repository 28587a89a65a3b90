/** Money at a point of the span, from 0 at its start to 1 at its end; into the account negative, out of it positive. */
export interface Flow {
  at: number;
  amount: number;
}

export type GrowthRates =
  { kind: 'one'; rate: number } | { kind: 'none'; reason: string } | { kind: 'several'; rates: number[] };

/** Of the logarithm of growth over the whole span: from nothing left to more than there is. */
const widest = 100;
/** Half of an interval that is looked at first: within it a few derivatives say nearly all. */
const firstRadius = 1;
/** Rates that are nearer to each other than this are one. */
const same = 1e-6;
const leastRadius = 1e-9;
const mostIntervals = 10_000;
/** What is left of flows that cancel, relative to them, is rounding. */
const rounding = 1e-13;
const derivatives = 8;

/**
 * Continuous rates y over the span at which the flows are worth nothing together, sum of amount e^(-y at) = 0: all of them, or why there is none. The
 * range is halved until each part is known to have no rate, because the worth is never 0 in it, or at most one, because it only rises or only falls.
 */
export function growthRates(flows: readonly Flow[]): GrowthRates {
  const moved = flows.filter(({ amount }) => amount !== 0);
  const [inwards, outwards] = [moved.some(({ amount }) => amount < 0), moved.some(({ amount }) => amount > 0)];
  if (!inwards || !outwards) return none('Money only came in or only went out: no rate makes it worth nothing.');
  const rates = new Worth(moved).rates();
  if (rates === undefined) return none('The rates that fit these flows cannot be told apart.');
  if (rates.length === 0) return none('No rate makes these flows worth nothing together.');
  return rates.length === 1 ? { kind: 'one', rate: rates[0]! } : { kind: 'several', rates };
}

const none = (reason: string): GrowthRates => ({ kind: 'none', reason });

/**
 * The worth of flows at their beginning, sum of amount e^(-y at). Seen from another point of time it is that times e^(y point): 0 at the same rates, and
 * bounded best from where most of it is.
 */
class Worth {
  private readonly amounts: Float64Array;
  private readonly times: Float64Array;
  private readonly worths: Float64Array;

  constructor(flows: readonly Flow[]) {
    this.amounts = Float64Array.from(flows, ({ amount }) => amount);
    this.times = Float64Array.from(flows, ({ at }) => at);
    this.worths = new Float64Array(flows.length);
  }

  /** Ascending; undefined where too many parts of the range stay undecided. */
  rates(): number[] | undefined {
    const found: number[] = [];
    const open: [centre: number, radius: number][] = [];
    for (let centre = widest - firstRadius; centre > -widest; centre -= 2 * firstRadius)
      open.push([centre, firstRadius]);
    for (let looked = 0; open.length > 0; looked++) {
      if (looked > mostIntervals) return undefined;
      const [centre, radius] = open.pop()!;
      const { terms, beyond, size } = this.around(centre, radius);
      if (Math.abs(terms[0]!) > rest(terms, 1) + beyond) continue;
      const half = radius / 2;
      if (Math.abs(terms[1]!) > rest(terms, 2) + beyond) found.push(...this.crossing(centre - radius, centre + radius));
      else if (radius > leastRadius) open.push([centre + half, half], [centre - half, half]);
      else if (Math.abs(terms[0]!) <= rounding * size) found.push(centre);
    }
    return found.filter((rate, i) => i === 0 || rate - found[i - 1]! > same);
  }

  private at(rate: number): number {
    let total = 0;
    for (let i = 0; i < this.times.length; i++) total += this.amounts[i]! * Math.exp(-rate * this.times[i]!);
    return total;
  }

  /**
   * Taylor's polynomial about the centre of the worth at the mean time of the flows, weighted with what they are worth there: at that point it changes
   * least. `terms` are what its powers come to at the edge of the interval, times k for the power k, so that they bound the slope as well; `beyond` is
   * more than all that follows them; `size` is the worth of the flows without their signs.
   */
  private around(centre: number, radius: number) {
    const { amounts, times, worths } = this;
    let [size, moment] = [0, 0];
    for (let i = 0; i < times.length; i++) {
      const worth = amounts[i]! * Math.exp(-centre * times[i]!);
      worths[i] = worth;
      size += Math.abs(worth);
      moment += Math.abs(worth) * times[i]!;
    }
    const point = moment / size;
    const terms = new Float64Array(derivatives + 1);
    let beyond = 0;
    for (let i = 0; i < times.length; i++) {
      const step = (point - times[i]!) * radius;
      let term = worths[i]!;
      terms[0]! += term;
      for (let k = 1; k <= derivatives; k++) {
        term *= step;
        terms[k]! += term;
        term /= k;
      }
      beyond += Math.abs(term * step) * Math.exp(Math.abs(step));
    }
    return { terms, beyond, size };
  }

  /** Where a worth that is monotone between the two passes 0, to the last digit. */
  private crossing(low: number, high: number): number[] {
    const [atLow, atHigh] = [this.at(low), this.at(high)];
    if (atLow === 0 || atHigh === 0) return [atLow === 0 ? low : high];
    if (atLow > 0 === atHigh > 0) return [];
    let [below, above] = [low, high];
    for (;;) {
      const middle = (below + above) / 2;
      if (middle === below || middle === above) return [middle];
      if (this.at(middle) > 0 === atLow > 0) below = middle;
      else above = middle;
    }
  }
}

/** What the terms from `first` on can come to together at most. */
function rest(terms: Float64Array, first: number): number {
  let total = 0;
  for (let k = first; k < terms.length; k++) total += Math.abs(terms[k]!);
  return total;
}
