import { periodsPerYear } from './periods-per-year';

const everyDays = (gap: number) =>
  Array.from({ length: 20 }, (_, i) =>
    new Date(Date.UTC(2020, 0, 1) + i * gap * 86_400_000).toISOString().slice(0, 10),
  );

describe('periodsPerYear', () => {
  it.each([
    [1, 252],
    [7, 52],
    [30, 12],
    [91, 4],
    [365, 1],
  ])('dates %d days apart make %d periods', (gap, expected) => expect(periodsPerYear(everyDays(gap))).toBe(expected));

  it('a hole of a year in daily dates leaves them daily', () =>
    expect(periodsPerYear([...everyDays(1), '2021-06-01', '2021-06-02'])).toBe(252));

  it('two dates over a long weekend are daily', () => expect(periodsPerYear(['2024-03-28', '2024-04-02'])).toBe(252));
});
