import type { AnalysisWarning } from '@stocktool/contracts';
import { isUsable, type Alignment, type AssetPrices } from './alignment';
import { dayNumber } from './day-number';
import { splitRatio } from './splits';

/** Longer than any holiday of a market that trades daily; other spacings are judged by their own. */
const longestClosure = 10;
/** A price that trades does not stay for two weeks to the last digit. */
const fewestStale = 10;
/** From this on a change overnight is looked at as a split that the adjusted prices do not know; smaller ones happen. */
const halved = 0.56;
/** A late series is older than the others by more than this. */
const lateDays = 7;

const warning = (code: string, message: string): AnalysisWarning => ({ code, path: 'sources', message });

/** What is wrong with the prices themselves: each fault with its symbol and dates, the first of a kind and how many there are. */
export function priceQuality(series: readonly AssetPrices[], aligned: Alignment): AnalysisWarning[] {
  return [
    ...gaps(series, aligned.dates),
    ...lateSeries(series),
    ...series.flatMap((each, i) => [
      ...(aligned.unusable[i]! > 0 ? [unusable(each, aligned.unusable[i]!)] : []),
      ...suspicious(each.symbol, aligned.prices[i]!, aligned.dates),
    ]),
  ];
}

/** A hole in the common dates, and who has none of the dates in it. */
function gaps(series: readonly AssetPrices[], dates: readonly string[]): AnalysisWarning[] {
  const spacing = new Int32Array(dates.length - 1);
  let day = dayNumber(dates[0]!);
  for (let i = 0; i < spacing.length; i++) spacing[i] = -day + (day = dayNumber(dates[i + 1]!));
  if (!spacing.some((days) => days > longestClosure)) return [];
  const usual = spacing.slice().sort()[spacing.length >> 1] ?? 1;
  const limit = Math.max(longestClosure, 3 * usual);
  return Array.from(spacing.keys())
    .filter((i) => spacing[i]! > limit)
    .slice(0, 5)
    .map((i) => {
      const [from, to] = [dates[i]!, dates[i + 1]!];
      const without = series.filter((each) => !hasPriceBetween(each, from, to)).map(({ symbol }) => symbol);
      const who =
        without.length === 0 ? 'no date that all have' : `no price of ${[...new Set(without)].slice(0, 10).join(', ')}`;
      return warning('price-gap', `${spacing[i]!} days without a return, from ${from} to ${to}: ${who}`);
    });
}

const hasPriceBetween = ({ dates, adjClose }: AssetPrices, from: string, to: string): boolean =>
  dates.some((date, i) => date > from && date < to && isUsable(adjClose[i]));

/** A series that stopped while others went on; it ends the window for all. */
function lateSeries(series: readonly AssetPrices[]): AnalysisWarning[] {
  const lastOf = ({ dates }: AssetPrices): string => dates.at(-1) ?? '';
  const latest = series.reduce((late, each) => (lastOf(each) > late ? lastOf(each) : late), '');
  return [...new Set(series)]
    .filter((each) => dayNumber(latest) - dayNumber(lastOf(each)) > lateDays)
    .map((each) => warning('stale-series', `${each.symbol} ends on ${lastOf(each)}, others go on to ${latest}`));
}

function unusable({ symbol, adjClose }: AssetPrices, rows: number): AnalysisWarning {
  const kinds = { zero: 0, negative: 0 };
  for (let i = 0; i < adjClose.length; i++) {
    const price = adjClose[i];
    if (price === 0) kinds.zero++;
    else if (typeof price === 'number' && price < 0) kinds.negative++;
  }
  const named = Object.entries(kinds).flatMap(([kind, count]) =>
    count > 0 ? [`${count} ${kind} in the whole series`] : [],
  );
  const which = named.length > 0 ? ` (${named.join(', ')})` : '';
  return {
    code: 'unusable-price',
    path: 'window.observations',
    message: `${symbol}: ${rows} dates without a positive price count as missing${which}`,
  };
}

/** Splits that look like crashes, and prices that stand still. */
function suspicious(symbol: string, prices: Float64Array, dates: readonly string[]): AnalysisWarning[] {
  const splits: string[] = [];
  const longest = { length: 1, end: 0 };
  let since = 0; // the first day at this price
  let before = prices[0]!;
  for (let i = 1; i < prices.length; i++) {
    const price = prices[i]!;
    if (price === before) {
      if (i - since >= longest.length) Object.assign(longest, { length: i - since + 1, end: i });
      continue;
    }
    since = i;
    const usual = price > before * halved && price * halved < before;
    const ratio = usual ? undefined : splitRatio(price / before);
    if (ratio !== undefined) splits.push(`${dates[i]} (one share to ${Number(ratio.toPrecision(3))})`);
    before = price;
  }
  const found: AnalysisWarning[] = [];
  if (splits.length > 0) {
    const more = splits.length > 1 ? ` and ${splits.length - 1} more` : '';
    found.push(
      warning(
        'split-suspected',
        `${symbol} changed overnight as by a split that its adjusted prices do not know: ${splits[0]}${more}`,
      ),
    );
  }
  if (longest.length >= fewestStale) {
    const start = dates[longest.end - longest.length + 1]!;
    found.push(
      warning('stale-price', `${symbol} has one and the same price on ${longest.length} dates in a row, from ${start}`),
    );
  }
  return found;
}
