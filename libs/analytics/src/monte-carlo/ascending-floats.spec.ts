import fc from 'fast-check';
import { ascendingFloats } from './ascending-floats';

describe('ascendingFloats', () => {
  it('sorts what Float32Array.sort sorts, of any size, and leaves its argument alone', () =>
    fc.assert(
      fc.property(fc.float32Array({ min: 0, maxLength: 3000, noNaN: true }), (drawn) => {
        const values = drawn.map(Math.abs); // no -0
        const before = values.slice();
        expect(ascendingFloats(values)).toEqual(values.toSorted());
        expect(values).toEqual(before);
      }),
    ));

  it('sorts a part of a larger array', () => {
    const all = Float32Array.of(9, 3, 1, 2, 0);
    expect([...ascendingFloats(all.subarray(1, 4))]).toEqual([1, 2, 3]);
  });
});
