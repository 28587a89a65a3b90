import { isUsable, type AssetPrices } from '../series/alignment';
import { compoundedReturn, simpleReturns } from '../series/returns';

/** The dates of an analysis on which other series have prices too, and what is earned from each of them to the next. */
export interface CommonDates {
  dates: string[];
  /** Of the other series, in their order. */
  returns: Float64Array[];
  /** Where each of the dates stands among those of the analysis. */
  positions: number[];
}

/** Inner join of the analysis' own dates with those of other series; undefined when fewer than two remain. */
export function commonDates(own: readonly string[], others: readonly AssetPrices[]): CommonDates | undefined {
  const prices = others.map(pricesByDate);
  const positions = own.map((_, i) => i).filter((i) => prices.every((each) => each.has(own[i]!)));
  if (positions.length < 2) return undefined;
  const dates = positions.map((i) => own[i]!);
  const returns = prices.map((each) => simpleReturns(dates.map((date) => each.get(date)!)));
  return { dates, returns, positions };
}

function pricesByDate({ dates, adjClose }: AssetPrices): Map<string, number> {
  const prices = new Map<string, number>();
  for (let i = 0; i < dates.length; i++) {
    const price = adjClose[i];
    if (isUsable(price)) prices.set(dates[i]!, price);
  }
  return prices;
}

/** Returns of the analysis compounded from each of the common dates to the next; the same returns where no date is left out. */
export function returnsBetween(positions: readonly number[], returns: Float64Array): Float64Array {
  const between = new Float64Array(positions.length - 1);
  for (let i = 0; i < between.length; i++) {
    const [start, end] = [positions[i]!, positions[i + 1]!];
    between[i] = end === start + 1 ? returns[start]! : compoundedReturn(returns.subarray(start, end));
  }
  return between;
}

/** The window of those dates, as results say it. */
export const windowOfDates = (dates: readonly string[]) => ({
  from: dates[0]!,
  to: dates.at(-1)!,
  observations: dates.length - 1,
});
