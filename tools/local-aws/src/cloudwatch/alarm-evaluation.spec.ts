import { newAlarm, type AlarmInput } from './alarm';
import { evaluateAlarm } from './alarm-evaluation';
import { MetricStore } from './metric-store';

const minute = 60_000;
const now = Math.floor(Date.now() / minute) * minute + 30_000;
const metric = { Namespace: 'n', MetricName: 'm' };

/** `values` by how many minutes ago they came in; 0 is the minute under way. */
function verdict(values: Readonly<Record<number, number>>, more: Partial<AlarmInput> = {}, at = now) {
  const store = new MetricStore();
  for (const [ago, value] of Object.entries(values)) {
    store.addValues(metric, Math.floor(now / minute) * minute - Number(ago) * minute, 'None', [value], [1]);
  }
  const input: AlarmInput = {
    AlarmName: 'a',
    ...metric,
    Period: 60,
    Statistic: 'Sum',
    EvaluationPeriods: 3,
    Threshold: 5,
    ComparisonOperator: 'GreaterThanThreshold',
    ...more,
  };
  return evaluateAlarm(newAlarm(input, store, undefined), at)?.state;
}

describe('an alarm', () => {
  it('goes off when all of the last periods breach', () => {
    expect(verdict({ 1: 6, 2: 6, 3: 6 })).toBe('ALARM');
    expect(verdict({ 1: 6, 2: 5, 3: 6 })).toBe('OK');
    expect(verdict({ 1: 6, 2: 6, 3: 6, 4: 1 })).toBe('ALARM');
    expect(verdict({ 4: 6, 5: 6, 6: 6 })).toBe('INSUFFICIENT_DATA');
  });

  it('goes off with M of N', () => {
    expect(verdict({ 1: 6, 2: 1, 3: 6 }, { DatapointsToAlarm: 2 })).toBe('ALARM');
    expect(verdict({ 1: 1, 2: 1, 3: 6 }, { DatapointsToAlarm: 2 })).toBe('OK');
  });

  it('goes off early when the minute under way is already too high', () => {
    expect(verdict({ 0: 6 }, { EvaluationPeriods: 1 })).toBe('ALARM');
    expect(verdict({ 0: 6, 1: 1 }, { EvaluationPeriods: 1 })).toBe('ALARM');
    expect(verdict({ 0: 1, 1: 6 }, { EvaluationPeriods: 1 })).toBe('OK');
  });

  it('does not go off because the minute under way still looks too low', () => {
    const low = { ComparisonOperator: 'LessThanThreshold', EvaluationPeriods: 1 } as const;
    expect(verdict({ 0: 1, 1: 10 }, low)).toBe('OK');
    expect(verdict({ 0: 1, 1: 10 }, low, now + minute)).toBe('ALARM');
  });

  it.each([
    ['breaching', 'ALARM'],
    ['notBreaching', 'OK'],
    ['missing', 'INSUFFICIENT_DATA'],
    ['ignore', undefined],
  ] as const)('without any data and with %s is %s', (TreatMissingData, expected) => {
    expect(verdict({}, { TreatMissingData })).toBe(expected);
  });

  it('watching a heartbeat goes off when it stops, after all periods', () => {
    const heartbeat = { ComparisonOperator: 'LessThanThreshold', Threshold: 1, TreatMissingData: 'breaching' } as const;
    expect(verdict({ 1: 4, 2: 4, 3: 4 }, heartbeat)).toBe('OK');
    expect(verdict({ 3: 4 }, heartbeat)).toBe('OK');
    expect(verdict({ 4: 4 }, heartbeat)).toBe('ALARM');
  });
});
