import type { ChatToolResult } from '@stocktool/contracts';
import { money, ratio } from '../figures';

const labels: Readonly<Record<string, string>> = {
  value: '',
  macd: 'MACD ',
  signal: 'signal ',
  histogram: 'histogram ',
  upper: 'upper ',
  middle: 'middle ',
  lower: 'lower ',
  adx: 'ADX ',
  plusDi: '+DI ',
  minusDi: '-DI ',
  k: '%K ',
  d: '%D ',
};

export function indicatorsAnswer(
  { symbol, currency, asOf, close, indicators }: ChatToolResult<'get_technical_indicators'>,
  titled: (symbol: string) => string,
): string {
  const price = symbol.startsWith('^') ? money(close, '').trim() : money(close, currency);
  return [
    `**${titled(symbol)}** on ${asOf}, adjusted close ${price}:`,
    ...indicators.map(({ name, values, unavailable }) => {
      const shown = values.map(({ line, value }) => `${labels[line] ?? `${line} `}${ratio(value)}`).join(', ');
      return `- ${titleOf(name)}: ${unavailable ?? shown}`;
    }),
  ].join('\n');
}

/** "sma:50" → "SMA (50)". */
function titleOf(name: string): string {
  const [kind = '', ...parameters] = name.split(':');
  return parameters.length === 0 ? kind.toUpperCase() : `${kind.toUpperCase()} (${parameters.join(', ')})`;
}

export function crossAnswer(result: ChatToolResult<'check_golden_cross'>, titled: (symbol: string) => string): string {
  const { symbol, currency, window, fastDays, slowDays, fastAverage, slowAverage, state, total, latest } = result;
  const price = (value: number | null) =>
    value === null ? ratio(value) : symbol.startsWith('^') ? money(value, '').trim() : money(value, currency);
  const now =
    state === null
      ? 'None has been seen so far.'
      : `The last one known was a ${state} cross: the ${fastDays}-day average is ${price(fastAverage)}, the ${slowDays}-day average ${price(slowAverage)}.`;
  const omitted = total > latest.length ? [`- and earlier ones, ${total} in all`] : [];
  return [
    `**${titled(symbol)}**, ${window.from} to ${window.to}: ${total === 0 ? 'no golden or death cross' : 'golden and death crosses, newest first'}. ${now}`,
    ...latest.map(({ date, kind, close }) => `- ${kind} cross on ${date}, close ${price(close)}`),
    ...omitted,
  ].join('\n');
}
