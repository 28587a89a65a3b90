import { conditionsAt, inWords } from './alert-condition';

const levels = { above: 150, below: 100, changePercent: 5 };

describe('the conditions of an alert', () => {
  it.each([
    [150, 0, ['above']],
    [149.99, 0, []],
    [100, 0, ['below']],
    [100.01, null, []],
    [120, 5, ['changePercent']],
    [120, -5, ['changePercent']],
    [120, 4.99, []],
    [151, -6, ['above', 'changePercent']],
  ])('at %d, moved by %s %%, are %j', (price, changePercent, expected) =>
    expect(conditionsAt(levels, { price, changePercent })).toEqual(expected),
  );

  it('are told in words', () =>
    expect(inWords(['above', 'below', 'changePercent'], levels)).toBe(
      'at or above 150, at or below 100, moved by 5 % or more',
    ));
});
