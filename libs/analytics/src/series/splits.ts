/** The usual splits and their reverses: one share becomes this many. */
const ratios = [2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25, 30, 50, 100, 3 / 2, 4 / 3, 5 / 4, 5 / 2];
/** A price moves on the day of a split as on any other. */
const tolerance = 0.08;

/**
 * How many shares one became, when a price changed by this factor overnight and a split explains nearly all of it; undefined otherwise.
 * `within`: how far from the exact ratio the change may be.
 */
export function splitRatio(priceFactor: number, within = tolerance): number | undefined {
  const near = (ratio: number): boolean => Math.abs(priceFactor * ratio - 1) <= within;
  return ratios.flatMap((ratio) => [ratio, 1 / ratio]).find(near);
}
