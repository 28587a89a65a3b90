import { isAvailable, type AnalysisResult } from '@stocktool/contracts';
import { timeChart } from '../../charts/time-chart';
import type { Facts } from '../../document/facts';
import type { Section } from '../../document/report-document';
import { day, ratioText, shareText } from '../../format';

type Rolling = Extract<NonNullable<AnalysisResult['portfolio']['rolling']>, { window: number }>;

/** Volatility, Sharpe ratio and beta of a window that moves through the period. */
export function rolling({ result, benchmark, period, define }: Facts): Section | undefined {
  const part = result.portfolio.rolling;
  if (!isAvailable<Rolling>(part) || part.dates.length < 2) return undefined;
  const series = [
    { key: 'volatility', name: 'Volatility per year', tone: 'own', label: shareText, level: undefined },
    { key: 'sharpe', name: 'Sharpe ratio per year', tone: 'own', label: ratioText, level: 0 },
    { key: 'beta', name: `Beta to ${benchmark}`, tone: 'own', label: ratioText, level: 1 },
  ] as const;
  const drawable = series.filter(({ key }) => part[key].some((value) => value !== null));
  if (drawable.length === 0) return undefined;
  return {
    id: 'rolling',
    title: 'Through time',
    note: `Each point is the figure of the ${part.window} ${period}s up to that date.`,
    blocks: drawable.map(({ key, name, tone, label, level }) => ({
      kind: 'chart',
      terms: [define.of('rolling')],
      chart: timeChart({
        id: `rolling-${key}`,
        title: name,
        description: describe(part, key, label),
        legend: [{ tone, text: name }],
        dates: part.dates,
        lines: [{ tone, values: part[key] }],
        label,
        height: 190,
        ...(level !== undefined && { level }),
      }),
    })),
  };
}

function describe(part: Rolling, key: 'volatility' | 'sharpe' | 'beta', label: (value: number) => string): string {
  const known = part[key].flatMap((value, i) => (value === null ? [] : [{ value, date: part.dates[i]! }]));
  const sorted = [...known].sort((a, b) => a.value - b.value);
  const [lowest, highest, last] = [sorted[0]!, sorted.at(-1)!, known.at(-1)!];
  const told = ({ value, date }: typeof last) => `${label(value)} on ${day(date)}`;
  return `Lowest ${told(lowest)}, highest ${told(highest)}, last ${told(last)}.`;
}
