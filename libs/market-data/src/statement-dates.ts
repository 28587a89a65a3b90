import type { Statement } from '@stocktool/contracts';

/**
 * Days from the end of a period to the last day on which its report may be filed in time: foreign issuers have four months
 * (form 20-F, general instruction A), domestic ones at most 90 days (form 10-K); a late filer has 15 days more (rule 12b-25).
 */
const longestFilingDays = 123 + 15;
const dayMs = 86_400_000;
/** After the end of a quarter, for institutions that hold shares (17 CFR 240.13f-1). Sources give the quarter or the filing. */
const holdersFilingDays = 45;

/** Whether a statement was public on a date; where its source does not say since when, it counts as filed as late as allowed. */
export function isKnownBy({ periodEnd, reportedAt }: Statement, date: string): boolean {
  if (reportedAt !== null) return reportedAt <= date;
  return daysAfter(periodEnd, longestFilingDays) <= date;
}

export const isFiledBy = (reportedAt: string, date: string): boolean =>
  daysAfter(reportedAt, holdersFilingDays) <= date;

const daysAfter = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
