import type { AnalysisResult } from '@stocktool/contracts';

type Monthly = NonNullable<AnalysisResult['portfolio']['monthly']>;

/**
 * Compounded return of each calendar month in which a period ends, in order; a period belongs to the month of its last day. The first and the last month
 * may be cut by the window.
 */
export function monthlyReturns(returns: Float64Array, dates: readonly string[]): Monthly {
  const months: Monthly = [];
  let month = '';
  let growth = 0;
  const end = (): void => {
    if (month === '') return;
    const value = Number.isFinite(growth) ? growth : null;
    months.push({ year: Number(month.slice(0, 4)), month: Number(month.slice(5, 7)), return: value });
  };
  for (let i = 0; i < returns.length; i++) {
    const date = dates[i + 1]!;
    if (!date.startsWith(month) || month === '') {
      end();
      month = date.slice(0, 7);
      growth = 0;
    }
    growth += returns[i]! * (1 + growth);
  }
  end();
  return months;
}
