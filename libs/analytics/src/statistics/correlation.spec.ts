import fc from 'fast-check';
import { correlationMatrix } from './correlation';

describe('correlationMatrix', () => {
  const table = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 3, max: 40 })).chain(([series, length]) =>
    fc.array(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: length, maxLength: length }), {
      minLength: series,
      maxLength: series,
    }),
  );

  it('is symmetric, with a unit diagonal, within [-1, 1]', () =>
    fc.assert(
      fc.property(table, (series) => {
        const matrix = correlationMatrix(series);
        matrix.forEach((row, i) =>
          row.forEach((value, j) => {
            expect(value).toBe(matrix[j]![i]);
            if (value === null) return;
            expect(Math.abs(value)).toBeLessThanOrEqual(1);
            if (i === j) expect(value).toBe(1);
          }),
        );
      }),
    ));

  it('is positive semidefinite: no combination has a negative variance', () =>
    fc.assert(
      fc.property(
        table,
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 6, maxLength: 6 }),
        (series, x) => {
          const matrix = correlationMatrix(series);
          let form = 0;
          matrix.forEach((row, i) => row.forEach((value, j) => (form += (value ?? 0) * x[i]! * x[j]!)));
          expect(form).toBeGreaterThan(-1e-12);
        },
      ),
    ));

  it('is null where a series does not vary', () =>
    expect(
      correlationMatrix([
        [1, 2, 4],
        [5, 5, 5],
      ]),
    ).toEqual([
      [1, null],
      [null, null],
    ]));

  it('keeps its digits when a small variation sits on a large mean', () => {
    const small = [3, 1, 4, 1, 5, 9, 2, 6].map((value) => value * 1e-7);
    const other = [2, 7, 1, 8, 2, 8, 1, 8];
    const [, [exact]] = correlationMatrix([small, other]) as [number[], number[]];
    const [, [shifted]] = correlationMatrix([small.map((value) => value + 1), other]) as [number[], number[]];
    expect(shifted).toBeCloseTo(exact!, 8);
  });
});
