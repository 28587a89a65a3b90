import { Problem, type Forecast, type PriceHistory } from '@stocktool/contracts';
import { mostRows, rowsNeeded, significance, type PriceForecast } from './forecast';

type Known = Pick<PriceHistory, 'symbol' | 'currency' | 'source' | 'rows'>;

const conventions = {
  prices: `adjusted closes, the last ${mostRows} at most; days are trading days`,
  models:
    'drift: mean daily log change; damped trend: Holt with damping (Gardner and McKenzie), parameters from a grid; autoregression: ARIMA(p,1,0) of log prices with constant, p up to 5 by AIC; mean reversion: ARIMA(1,0,0) of log prices',
  test: 'walk-forward: from days that do not overlap each model forecasts all days ahead, fitted to the 500 prices before; the error of each origin is its mean absolute error of log prices over the mean absolute daily change of those 500; Diebold-Mariano test, one-sided, Harvey-Leybourne-Newbold correction, Bonferroni for the models tried (not for asking again with other days)',
  intervals:
    'quantiles of absolute errors over the volatility of their day (exponential weights, 0.94), times the volatility now; coverage is that of intervals made so at earlier origins, 500 at most',
};

/** The adjusted closes that a forecast is made from. Throws Problem `too-few-prices`. */
export function forecastablePrices({ symbol, rows }: Known, days: number): Float64Array {
  const closes = Float64Array.from(rows, ({ adjClose }) => adjClose ?? Number.NaN);
  const prices = closes.subarray(closes.findLastIndex((price) => !(price > 0)) + 1);
  const needed = rowsNeeded(days);
  if (prices.length < needed)
    throw new Problem(
      'too-few-prices',
      `${symbol} has ${prices.length} prices in a row; a forecast of ${days} days is judged by ${needed} at least.`,
    );
  return prices.slice(-mostRows);
}

/** What was found, in the words of the contract. */
export function describeForecast(
  { symbol, currency, source, rows }: Known,
  days: number,
  found: PriceForecast,
): Forecast {
  const last = rows.at(-1)!;
  return {
    symbol,
    currency,
    source,
    asOf: last.date,
    lastPrice: last.adjClose!,
    days,
    skill: found.skilled !== null,
    statement: statementOf(symbol, days, found),
    model: found.skilled,
    path: found.path,
    intervalsOf: found.skilled ?? 'random walk',
    intervals: found.intervals,
    test: {
      baseline: 'random walk',
      baselineError: found.baselineError,
      origins: found.origins,
      significance,
      models: found.tests,
    },
    conventions,
  };
}

function statementOf(symbol: string, days: number, { skilled, tests, origins, baselineError }: PriceForecast): string {
  const ahead = `${days} trading ${days === 1 ? 'day' : 'days'} ahead`;
  const judged = `in ${origins} forecasts of the past`;
  if (skilled === null)
    return `No skill: ${judged} none of ${tests.length} models was better than assuming that the price of ${symbol} stays where it is, ${ahead}, by more than luck explains. There is no forecast; the intervals say how far prices have usually moved.`;
  const { error, adjustedPValue } = tests.find(({ model }) => model === skilled)!;
  const gain = ((1 - error / baselineError) * 100).toFixed(1);
  return `Some skill: ${judged} the model "${skilled}" was ${gain}% nearer to the price of ${symbol}, ${ahead}, than assuming that it stays where it is (adjusted p-value ${adjustedPValue.toPrecision(2)}). What worked in the past may not go on, and the intervals are far wider than the gain.`;
}
