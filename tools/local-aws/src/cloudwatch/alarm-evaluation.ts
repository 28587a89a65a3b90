import type { Alarm, AlarmInput, AlarmState } from './alarm';

export interface Verdict {
  readonly state: AlarmState;
  readonly reason: string;
}

const comparisons: Readonly<Record<AlarmInput['ComparisonOperator'], (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/**
 * Judges the last N periods. The period under way takes part as soon as it has data, unless it only looks too low because it is not over.
 * Undefined: nothing to say, the alarm stays as it is.
 */
export function evaluateAlarm({ input, queries, watched }: Alarm, now: number): Verdict | undefined {
  const { EvaluationPeriods: periods, ComparisonOperator, TreatMissingData } = input;
  const needed = input.DatapointsToAlarm ?? periods;
  const threshold = input.Threshold ?? 0;
  const breaches = (value: number): boolean => comparisons[ComparisonOperator](value, threshold);
  const periodMs = queries.periodOf(watched);
  const present = Math.floor(now / periodMs) * periodMs;
  const span = { startMs: present - periods * periodMs, endMs: present + periodMs };
  const points = queries.results(watched, span)[0]?.points ?? new Map<number, number>();
  const latest = points.get(present);
  const usesPresent = latest !== undefined && (!breaches(latest) || ComparisonOperator.startsWith('Greater'));
  const end = usesPresent ? present : present - periodMs;
  const values = Array.from({ length: periods }, (_, ago) => points.get(end - ago * periodMs));

  const known = values.filter((value) => value !== undefined);
  const missing = values.length - known.length;
  const breaching = known.filter(breaches);
  const judged = breaching.length + (TreatMissingData === 'breaching' ? missing : 0);
  const shown = `[${(breaching.length > 0 ? breaching : known).slice(0, 5).join(', ')}]`;
  if (judged >= needed) {
    const what =
      breaching.length > 0
        ? `${judged} datapoints ${shown}`
        : `no datapoints were received for ${missing} periods, which`;
    return {
      state: 'ALARM',
      reason: `Threshold Crossed: ${what} breached the threshold (${threshold}): ${ComparisonOperator}.`,
    };
  }
  if (known.length > 0 || TreatMissingData === 'notBreaching' || TreatMissingData === 'breaching') {
    return {
      state: 'OK',
      reason: `Threshold not crossed: ${judged} of the last ${periods} datapoints ${shown} breached the threshold (${threshold}).`,
    };
  }
  if (TreatMissingData === 'ignore') return undefined;
  return {
    state: 'INSUFFICIENT_DATA',
    reason: `Insufficient Data: no datapoints were received for ${periods} periods.`,
  };
}
