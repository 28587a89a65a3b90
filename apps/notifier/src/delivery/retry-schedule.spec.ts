import { RetrySchedule } from './retry-schedule';

describe('RetrySchedule', () => {
  const schedule = new RetrySchedule([5, 300], () => 0);
  it('waits as listed, then gives up', () =>
    expect([1, 2, 3].map((attempt) => schedule.waitAfter(attempt))).toEqual([5, 300, undefined]));
  it('adds at most a tenth', () => expect(new RetrySchedule([300], () => 1).waitAfter(1)).toBe(330));
  it('waits as long as the receiver asks, an hour at most', () => {
    expect(schedule.waitAfter(1, 120)).toBe(120);
    expect(schedule.waitAfter(2, 120)).toBe(300);
    expect(schedule.waitAfter(1, 1e9)).toBe(3600);
  });
});
