/** What people call an indicator, and its name; a number of days before or after an average is its period. */
const called: readonly (readonly [RegExp, string])[] = [
  [/\b(?:rsi|relative\s+strength|overbought|oversold)\b/i, 'rsi:14'],
  [/\bmacd\b/i, 'macd:12:26:9'],
  [/\bbollinger\b/i, 'bbands:20:2'],
  [/\b(?:atr|true\s+range)\b/i, 'atr:14'],
  [/\b(?:adx|directional\s+index)\b/i, 'adx:14'],
  [/\bstochastics?\b/i, 'stoch:14:3'],
  [/\b(?:obv|on[\s-]+balance\s+volume)\b/i, 'obv'],
];
const average =
  /\b(?:(\d{1,3})[\s-]*days?\s+)?(?:(exponential)\s+|simple\s+)?(?:moving\s+averages?|(sma|ema))(?:[\s:]*(\d{1,3})\b)?/gi;
const longestPeriod = 400;

/** Names of the indicators that a text asks for, none when it asks for indicators in general. */
export function indicatorNames(text: string): string[] {
  const averages = [...text.matchAll(average)].flatMap(([, before, exponential, short = '', after]) => {
    const kind = exponential !== undefined || short.toLowerCase() === 'ema' ? 'ema' : 'sma';
    const days = Number(before ?? after ?? 0);
    return days >= 1 && days <= longestPeriod ? [`${kind}:${days}`] : [`${kind}:50`, `${kind}:200`];
  });
  const others = called.flatMap(([pattern, name]) => (pattern.test(text) ? [name] : []));
  return [...new Set([...averages, ...others])].slice(0, 10);
}

const tradingDays = { day: 1, week: 5, month: 21, quarter: 60, year: 252 } as const;
const ahead =
  /\b(?:(?:next|coming|upcoming|in)\s+(?:(\d{1,3})\s+)?|(\d{1,3})[\s-]+)(?:trading\s+)?(day|week|month|quarter|year)s?\b/i;
const farthest = 60;

/** How many trading days ahead a text looks; undefined when it does not say. */
export function daysAhead(text: string): number | 'too far' | undefined {
  if (/\btomorrow\b/i.test(text)) return 1;
  const found = ahead.exec(text);
  if (!found) return undefined;
  const unit = found[3]!.toLowerCase() as keyof typeof tradingDays;
  const days = Number(found[1] ?? found[2] ?? 1) * tradingDays[unit];
  return days > farthest ? 'too far' : Math.max(1, days);
}
