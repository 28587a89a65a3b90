import { FixedClock } from '@stocktool/testing';
import { FixedWindows } from './fixed-windows';

function setUp() {
  const clock = new FixedClock('2026-01-05T10:00:00.000Z');
  return { clock, windows: new FixedWindows(3, 60_000, clock) };
}

describe('a window', () => {
  it('begins with the first count of its key and ends after its length', () => {
    const { clock, windows } = setUp();
    expect(windows.spend('a')).toEqual({ most: 3, used: 1, secondsLeft: 60 });
    clock.advance(45_000);
    expect(windows.spend('a')).toEqual({ most: 3, used: 2, secondsLeft: 15 });
    expect(windows.spend('b')).toEqual({ most: 3, used: 1, secondsLeft: 60 });
    clock.advance(15_000);
    expect(windows.spend('a')).toEqual({ most: 3, used: 1, secondsLeft: 60 });
  });

  it('is not lengthened by what comes after it is full', () => {
    const { clock, windows } = setUp();
    for (let i = 0; i < 5; i++) windows.spend('a');
    clock.advance(59_000);
    expect(windows.spend('a')).toEqual({ most: 3, used: 6, secondsLeft: 1 });
    clock.advance(1000);
    expect(windows.spend('a').used).toBe(1);
  });

  it('can be looked at without a count', () => {
    const { clock, windows } = setUp();
    expect(windows.look('a')).toEqual({ most: 3, used: 0, secondsLeft: 0 });
    windows.spend('a');
    expect(windows.look('a')).toEqual(windows.look('a'));
    expect(windows.look('a')).toEqual({ most: 3, used: 1, secondsLeft: 60 });
    clock.advance(60_000);
    expect(windows.look('a').used).toBe(0);
  });
});
