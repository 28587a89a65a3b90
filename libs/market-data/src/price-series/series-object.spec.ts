import fc from 'fast-check';
import { packSeries, unpackSeries } from './series-object';

const dates = ['2024-01-02', '2024-01-03'];

describe('a stored series', () => {
  it('gives back every float64 bit for bit, and NaN for what is missing', async () => {
    const price = fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true });
    await fc.assert(
      fc.asyncProperty(price, price, price, async (a, b, c) => {
        const { bytes } = await packSeries({ dates, columns: { close: [a, b], volume: [null, c] } });
        const series = await unpackSeries(bytes, '~X', 'USD');
        expect(series.columns.close).toEqual(Float64Array.of(a, b));
        expect(series.columns.volume).toEqual(Float64Array.of(Number.NaN, c));
        expect(series).toMatchObject({ symbol: '~X', currency: 'USD', source: 'private', dates });
      }),
      { numRuns: 50 },
    );
  });

  it('takes the close as adjusted close only where it has no adjusted closes', async () => {
    const plain = await packSeries({ dates, columns: { close: [1, 2] } });
    expect((await unpackSeries(plain.bytes, '~X', 'USD')).columns.adjClose).toEqual(Float64Array.of(1, 2));
    const adjusted = await packSeries({ dates, columns: { close: [1, 2], adjClose: [0.5, 2] } });
    expect((await unpackSeries(adjusted.bytes, '~X', 'USD')).columns.adjClose).toEqual(Float64Array.of(0.5, 2));
  });

  it('has the same hash for the same content and another for another', async () => {
    const [a, b, c] = await Promise.all(
      [
        [1, 2],
        [1, 2],
        [1, 3],
      ].map((close) => packSeries({ dates, columns: { close } })),
    );
    expect(a!.contentHash).toBe(b!.contentHash);
    expect(a!.contentHash).not.toBe(c!.contentHash);
  });

  it('is refused when columns and dates do not match', async () => {
    const { bytes } = await packSeries({ dates, columns: { close: [1] } });
    await expect(unpackSeries(bytes, '~X', 'USD')).rejects.toThrow('~X is damaged');
  });
});
