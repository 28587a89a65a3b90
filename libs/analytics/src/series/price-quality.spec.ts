import { alignByDate, type AssetPrices } from './alignment';
import { dayNumber } from './day-number';
import { priceQuality } from './price-quality';
import { splitRatio } from './splits';

const day = (i: number) => new Date(Date.UTC(2020, 0, 1) + i * 86_400_000).toISOString().slice(0, 10);
const moving = Array.from({ length: 60 }, (_, i) => 100 + Math.sin(i));
const prices = (symbol: string, adjClose: number[], days = adjClose.map((_, i) => i)): AssetPrices => ({
  symbol,
  currency: 'USD',
  source: 'test',
  dates: days.map(day),
  adjClose,
  close: adjClose,
});
const market = prices('B', moving);
const faults = (series: AssetPrices[]) =>
  priceQuality(series, alignByDate(series)).map(({ code, message }) => `${code}: ${message}`);

describe('priceQuality', () => {
  it('has nothing to say of good prices', () => expect(faults([prices('A', moving), market])).toEqual([]));

  it('names a gap, its dates and whose it is', () => {
    const kept = moving.map((_, i) => i).filter((i) => i < 20 || i > 34);
    const [fault, ...others] = faults([
      prices(
        'A',
        kept.map((i) => moving[i]!),
        kept,
      ),
      market,
    ]);
    expect(fault).toBe(`price-gap: 16 days without a return, from ${day(19)} to ${day(35)}: no price of A`);
    expect(others).toEqual([]);
  });

  it('takes weekly dates for what they are', () => {
    const weekly = moving.map((_, i) => 7 * i);
    expect(faults([prices('A', moving, weekly), prices('B', moving, weekly)])).toEqual([]);
  });

  it('names a split that looks like a crash, and leaves a crash alone', () => {
    const at = (factor: number) => moving.map((price, i) => (i < 30 ? price : price * factor));
    expect(faults([prices('A', at(1 / 4)), market])).toEqual([
      `split-suspected: A changed overnight as by a split that its adjusted prices do not know: ${day(30)} (one share to 4)`,
    ]);
    expect(faults([prices('A', at(10)), market])[0]).toContain('(one share to 0.1)');
    expect(faults([prices('A', at(0.7)), market])).toEqual([]);
    expect(faults([prices('A', at(0.45)), market])).toEqual([]);
  });

  it('names prices that stand still and series that have stopped', () => {
    const still = moving.map((price, i) => (i >= 10 && i < 25 ? 77 : price));
    expect(faults([prices('A', still), market])).toEqual([
      `stale-price: A has one and the same price on 15 dates in a row, from ${day(10)}`,
    ]);
    expect(faults([prices('A', moving.slice(0, 40)), market])).toEqual([
      `stale-series: A ends on ${day(39)}, others go on to ${day(59)}`,
    ]);
  });

  it('counts zero and negative prices', () => {
    const bad = moving.map((price, i) => (i === 5 ? 0 : i === 9 || i === 11 ? -1 : price));
    expect(faults([prices('A', bad), market])[0]).toContain(
      'A: 3 dates without a positive price count as missing (1 zero in the whole series, 2 negative in the whole series)',
    );
  });
});

describe('dayNumber', () => {
  it('is that of Date.parse on every day', () => {
    for (let day = -80_000; day < 60_000; day += 7) {
      const date = new Date(day * 86_400_000).toISOString().slice(0, 10);
      expect(dayNumber(date)).toBe(day);
    }
    expect(dayNumber('2024-02-29')).toBe(Date.parse('2024-02-29') / 86_400_000);
  });
});

describe('splitRatio', () => {
  it('is the split that a change of price is nearest to, if there is one', () => {
    expect(splitRatio(0.5)).toBe(2);
    expect(splitRatio(1 / 3.05)).toBe(3);
    expect(splitRatio(20)).toBe(1 / 20);
    expect(splitRatio(1)).toBe(undefined);
    expect(splitRatio(0.9)).toBe(undefined);
  });
});
