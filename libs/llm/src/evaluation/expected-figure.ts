import { z } from 'zod';
import type { BundledPrices, Closes } from './bundled-prices';

/** A figure by its name and what it is of; `from` and `to` inclusive, without them all there is. */
export const ExpectedFigure = z.strictObject({
  figure: z.enum([
    'close', 'price',
    'previousPrice', 'changePercent', 'firstClose', 'highest', 'lowest', 'totalReturn', 'annualReturn',
    'volatility', 'sharpe', 'drawdown', 'bestDay', 'worstDay', 'var95', 'shortfall95', 'var99', 'beta', 'correlation', 'yearReturn', 'sma', 'rsi14', 'upperBand', 'lowerBand',
    'portfolioReturn', 'portfolioVolatility',
  ]), // prettier-ignore
  symbol: z.string().optional(),
  with: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  days: z.number().optional(),
  weights: z.record(z.string(), z.number()).optional(),
});
export type ExpectedFigure = z.infer<typeof ExpectedFigure>;

const tradingDays = 252;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;
const deviation = (values: readonly number[]): number => {
  const middle = mean(values);
  return Math.sqrt(sum(values.map((value) => (value - middle) ** 2)) / (values.length - 1));
};
const returnsOf = (values: readonly number[]): number[] =>
  values.slice(1).map((value, row) => value / values[row]! - 1);

function within({ dates, values }: Closes, from = '', to = '9999'): Closes {
  const rows = dates.flatMap((date, row) => (date >= from && date <= to ? [row] : []));
  return { dates: rows.map((row) => dates[row]!), values: rows.map((row) => values[row]!) };
}

/** Closes of the days that all have. */
function together(all: readonly Closes[]): number[][] {
  const common = new Set(all.slice(1).reduce((dates, one) => dates.filter((date) => one.dates.includes(date)), [...(all[0]?.dates ?? [])])); // prettier-ignore
  return all.map(({ dates, values }) => values.filter((_, row) => common.has(dates[row]!)));
}

/** Linear between the two neighbours, as numpy's default. */
function quantile(values: readonly number[], level: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * level;
  const low = Math.floor(place);
  return sorted[low]! + (place - low) * ((sorted[low + 1] ?? sorted[low]!) - sorted[low]!);
}

function shortfall(values: readonly number[], confidence: number): number {
  const count = Math.floor((values.length - 1) * (1 - confidence) + 1e-9) + 1;
  return -mean([...values].sort((a, b) => a - b).slice(0, count));
}

function drawdown(values: readonly number[]): number {
  let [peak, deepest] = [values[0]!, 0];
  for (const value of values) {
    peak = Math.max(peak, value);
    deepest = Math.max(deepest, 1 - value / peak);
  }
  return deepest;
}

function covariance(one: readonly number[], other: readonly number[]): number {
  const [a, b] = [mean(one), mean(other)];
  return sum(one.map((value, row) => (value - a) * (other[row]! - b))) / (one.length - 1);
}

/** Wilder's: the first average is a plain one, each later one keeps 13 of 14 parts. */
function relativeStrength(values: readonly number[], days: number): number {
  const moves = values.slice(1).map((value, row) => value - values[row]!);
  let [up, down] = [1, -1].map((sign) => mean(moves.slice(0, days).map((move) => Math.max(sign * move, 0)))) as [number, number]; // prettier-ignore
  for (const move of moves.slice(days)) {
    up = (up * (days - 1) + Math.max(move, 0)) / days;
    down = (down * (days - 1) + Math.max(-move, 0)) / days;
  }
  return 100 - 100 / (1 + up / down);
}

/** Computed here from the files alone. Rates are fractions, losses positive. */
export function expectedValue(wanted: ExpectedFigure, prices: BundledPrices): number {
  const { figure, symbol = '', from, to, days = 20, weights = {} } = wanted;
  if (figure === 'portfolioReturn' || figure === 'portfolioVolatility') {
    const symbols = Object.keys(weights);
    const others = together([...symbols, '^GSPC'].map((one) => within(prices.of(one), from, to))).slice(0, symbols.length).map(returnsOf); // prettier-ignore
    const daily = (others[0] ?? []).map((_, row) => sum(symbols.map((one, i) => weights[one]! * others[i]![row]!)));
    if (figure === 'portfolioVolatility') return deviation(daily) * Math.sqrt(tradingDays);
    return daily.reduce((wealth, one) => wealth * (1 + one), 1) - 1;
  }
  const asTraded = figure === 'price' || figure === 'previousPrice' || figure === 'changePercent';
  const { dates, values } = within(prices.of(symbol, { asTraded }), from, to);
  const last = values.at(-1)!;
  const daily = () => returnsOf(values);
  switch (figure) {
    case 'close':
    case 'price':
      return last;
    case 'previousPrice':
      return values.at(-2)!;
    case 'changePercent':
      return (last / values.at(-2)! - 1) * 100;
    case 'firstClose':
      return values[0]!;
    case 'highest':
      return values.reduce((a, b) => Math.max(a, b));
    case 'lowest':
      return values.reduce((a, b) => Math.min(a, b));
    case 'totalReturn':
      return last / values[0]! - 1;
    case 'annualReturn':
      return (last / values[0]!) ** (tradingDays / (values.length - 1)) - 1;
    case 'volatility':
      return deviation(daily()) * Math.sqrt(tradingDays);
    case 'sharpe':
      return (mean(daily()) / deviation(daily())) * Math.sqrt(tradingDays);
    case 'drawdown':
      return drawdown(values);
    case 'bestDay':
      return daily().reduce((a, b) => Math.max(a, b));
    case 'worstDay':
      return daily().reduce((a, b) => Math.min(a, b));
    case 'var95':
      return -quantile(daily(), 0.05);
    case 'var99':
      return -quantile(daily(), 0.01);
    case 'shortfall95':
      return shortfall(daily(), 0.95);
    case 'yearReturn': {
      const before = prices.of(symbol);
      const row = before.dates.indexOf(dates[0]!);
      return last / before.values[row - 1]! - 1;
    }
    case 'sma':
      return mean(values.slice(-days));
    case 'upperBand':
    case 'lowerBand': {
      const window = values.slice(-days);
      const width = 2 * Math.sqrt(mean(window.map((value) => (value - mean(window)) ** 2)));
      return mean(window) + (figure === 'upperBand' ? width : -width);
    }
    case 'rsi14':
      return relativeStrength(values, 14);
    case 'beta':
    case 'correlation': {
      const pair = [{ dates, values }, within(prices.of(wanted.with ?? '^GSPC'), from, to)];
      const [one, other] = together(pair).map(returnsOf) as [number[], number[]];
      const shared = covariance(one, other);
      return figure === 'beta' ? shared / covariance(other, other) : shared / (deviation(one) * deviation(other));
    }
  }
}
