import type { ChatToolResult } from '@stocktool/contracts';
import { count, money, percent, signedPercent } from '../figures';

const yearsShown = 10;

export function historyAnswer(
  history: ChatToolResult<'get_historical_prices'>,
  titled: (symbol: string) => string,
): string {
  const { symbol, currency, window, totalReturn, annualReturn, maxDrawdown, calendarYears } = history;
  const price = (value: number) => money(value, symbol.startsWith('^') ? '' : currency).trim();
  const yearly = annualReturn === null ? '' : `, ${signedPercent(annualReturn)} a year compounded`;
  const recovery = maxDrawdown.recovery === null ? 'not recovered by the end' : `recovered by ${maxDrawdown.recovery}`;
  const years = calendarYears.filter((row) => row.complete && row.return !== null).slice(-yearsShown);
  const lines = [
    `**${titled(symbol)}**, ${window.from} to ${window.to} (${count(window.observations)} daily returns):`,
    `- Total return ${signedPercent(totalReturn)}${yearly}, from ${price(history.firstClose)} to ${price(history.lastClose)} (adjusted closes).`,
    `- Annual volatility ${percent(history.annualVolatility)}.`,
    maxDrawdown.value === null || maxDrawdown.peak === null
      ? '- No drawdown.'
      : `- Deepest fall ${percent(maxDrawdown.value)}, ${maxDrawdown.peak} to ${maxDrawdown.trough ?? ''}, ${recovery}.`,
    `- Highest close ${price(history.highestClose.value)} on ${history.highestClose.date}, lowest ${price(history.lowestClose.value)} on ${history.lowestClose.date}.`,
    `- Best day ${signedPercent(history.bestDay.value)} (${history.bestDay.date}), worst ${signedPercent(history.worstDay.value)} (${history.worstDay.date}).`,
    years.length > 1 && `- By year: ${years.map((row) => `${row.year} ${signedPercent(row.return)}`).join(', ')}.`,
  ];
  return lines.filter(Boolean).join('\n');
}
