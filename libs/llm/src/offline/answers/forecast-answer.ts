import type { ChatToolResult } from '@stocktool/contracts';
import { money, percent } from '../figures';

/** The verdict in the words of the tool, then the ranges with what they were worth. */
export function forecastAnswer(
  { symbol, currency, asOf, lastPrice, statement, forecast, intervals }: ChatToolResult<'forecast_price'>,
  titled: (symbol: string) => string,
): string {
  const price = (value: number) => (symbol.startsWith('^') ? money(value, '').trim() : money(value, currency));
  const path = forecast === null ? [] : [`- Forecast for the last day: ${price(forecast)}.`];
  return [
    `**${titled(symbol)}**, ${price(lastPrice)} on ${asOf} (adjusted close). ${statement}`,
    ...path,
    ...intervals.map(
      ({ level, lower, upper, coverage }) =>
        `- Range at ${Number((level * 100).toFixed(4))}%: ${price(lower)} to ${price(upper)}; on the past such a range held ${percent(coverage)} of the time.`,
    ),
  ].join('\n');
}
