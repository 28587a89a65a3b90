import type { AnalysisWarning } from '@stocktool/contracts';
import type { Alignment, AssetPrices } from './alignment';
import { dayNumber } from './day-number';
import { priceQuality } from './price-quality';

/** Under this many returns the estimates are hardly more than noise (the usual rule of thumb for a sample). */
const fewObservations = 30;
/** A weekend and holidays at the edge of the period asked for are no loss worth a warning. */
const edgeDays = 7;

const daysBetween = (early: string, late: string): number => dayNumber(late) - dayNumber(early);

/** What a reader should know about the data behind the figures. */
export function seriesWarnings(
  series: readonly AssetPrices[],
  aligned: Alignment,
  asked: { from?: string | undefined; to?: string | undefined },
): AnalysisWarning[] {
  const { dates, dropped } = aligned;
  const [from, to] = [dates[0]!, dates.at(-1)!];
  const warnings: AnalysisWarning[] = [];
  const warn = (code: string, path: string, message: string) => warnings.push({ code, path, message });
  if (dates.length - 1 < fewObservations)
    warn('few-observations', 'window.observations', `Only ${dates.length - 1} returns: the figures are very uncertain`);
  const latestStart = series.reduce((late, each) => ((each.dates[0] ?? '') > (late.dates[0] ?? '') ? each : late));
  const earliestEnd = series.reduce((early, each) =>
    (each.dates.at(-1) ?? '') < (early.dates.at(-1) ?? '') ? each : early,
  );
  if (asked.from !== undefined && daysBetween(asked.from, from) > edgeDays)
    warn(
      'window-narrowed',
      'window.from',
      `Asked for from ${asked.from}, common data begin on ${from} (${latestStart.symbol} starts last)`,
    );
  if (asked.to !== undefined && daysBetween(to, asked.to) > edgeDays)
    warn(
      'window-narrowed',
      'window.to',
      `Asked for until ${asked.to}, common data end on ${to} (${earliestEnd.symbol} ends first)`,
    );
  if (dropped > 0)
    warn(
      'dates-dropped',
      'window.observations',
      `Up to ${dropped} dates of a series are left out because another series has no price on them`,
    );
  warnings.push(...priceQuality(series, aligned));
  return warnings;
}
