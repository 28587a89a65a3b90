import { studentUpperTail } from '../statistics/student-distribution';

export interface LossTest {
  /** null when the losses never differ. */
  readonly statistic: number | null;
  /** One-sided: how often a difference in favour of the model as large as this comes by chance. */
  readonly pValue: number;
}

/**
 * Diebold and Mariano (1995) with the correction of Harvey, Leybourne and Newbold (1997), for differences of loss (baseline
 * less model) of forecasts `overlap` periods long: variance from the autocovariances below that lag, Student's t with n-1
 * degrees of freedom. Forecasts that do not overlap have overlap 1.
 */
export function dieboldMariano(differences: Float64Array, overlap = 1): LossTest {
  const count = differences.length;
  const mean = differences.reduce((sum, value) => sum + value, 0) / count;
  const autocovariance = (lag: number): number => {
    let sum = 0;
    for (let i = lag; i < count; i++) sum += (differences[i]! - mean) * (differences[i - lag]! - mean);
    return sum / count;
  };
  let variance = autocovariance(0);
  for (let lag = 1; lag < overlap; lag++) variance += 2 * autocovariance(lag);
  if (!(variance > 0)) return { statistic: null, pValue: 1 };
  const correction = (count + 1 - 2 * overlap + (overlap * (overlap - 1)) / count) / count;
  const statistic = (mean / Math.sqrt(variance / count)) * Math.sqrt(correction);
  return { statistic, pValue: studentUpperTail(statistic, count - 1) };
}
