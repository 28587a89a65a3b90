import fc from 'fast-check';
import { AttributeNotStorable, fromAttributes, toAttributes } from './attribute-value';

/** Every double that DynamoDB can hold: by bits, so that all magnitudes and mantissas occur. */
const storableNumber = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .filter((x) => x === 0 || (Math.abs(x) >= 1e-130 && Math.abs(x) < 1e126))
  .map((x) => (x === 0 ? 0 : x));

const storable: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    storableNumber,
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 20 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ minLength: 1 }), tie('value'), { maxKeys: 4 }),
    fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 4 }).map((members) => new Set(members)),
    fc.uniqueArray(storableNumber, { minLength: 1, maxLength: 4 }).map((members) => new Set(members)),
  ),
})).value;

const plain = (value: unknown): unknown => fromAttributes(toAttributes({ value })).value;

describe('attributes of an item', () => {
  it('bring every storable double back bit for bit', () =>
    fc.assert(
      fc.property(storableNumber, (x) => {
        expect(Object.is(plain(x), x)).toBe(true);
      }),
      { numRuns: 2000 },
    ));

  it.each([0.1, 1 / 3, Number.MAX_SAFE_INTEGER + 2, 9.99999999999999e125, 1e-130, 5e-100, 1e21, 123456789012345680000])(
    'bring %d back exactly',
    (x) => expect(plain(x)).toBe(x),
  );

  it('store -0 as 0', () => expect(Object.is(plain(-0), 0)).toBe(true));

  it('bring every structure back as it was', () =>
    fc.assert(fc.property(storable, (value) => expect(plain(value)).toEqual(value))));

  it('leave out what is undefined', () =>
    expect(toAttributes({ a: undefined, b: { c: undefined, d: 1 } })).toEqual({ b: { M: { d: { N: '1' } } } }));

  it('hold a key named __proto__ as data', () => {
    const item = fromAttributes(toAttributes(Object.fromEntries([['__proto__', 1]])));
    expect(Object.keys(item)).toEqual(['__proto__']);
  });

  it.each([
    ['NaN', Number.NaN],
    ['infinity', Infinity],
    ['a number above the range', 1e126],
    ['a number below the range', -1e125 * 100],
    ['a number too close to zero', 9.9e-131],
    ['a date', new Date(0)],
    ['an empty set', new Set()],
    ['a mixed set', new Set(['a', 1])],
    ['a set with NaN', new Set([Number.NaN])],
    ['a bigint', 1n],
    ['a function', () => 1],
    ['a class instance', new URL('http://localhost')],
    ['undefined in a list', [undefined]],
  ])('refuse %s and name the attribute', (_, value) => {
    const item = { outer: [{ inner: value }] };
    expect(() => toAttributes(item)).toThrow(AttributeNotStorable);
    expect(() => toAttributes(item)).toThrow(/outer\[0\]\.inner/);
  });
});
