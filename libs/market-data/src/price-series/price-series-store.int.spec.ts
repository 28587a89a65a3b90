import { randomUUID } from 'node:crypto';
import { Problem } from '@stocktool/contracts';
import { FixedClock } from '@stocktool/testing';
import { bundled, failure, LocalMarket, today } from '../local-market.fixture';

const local = await LocalMarket.open();
afterAll(() => local.close());

describe('private series', () => {
  const csv = 'date,close\n2024-01-02,100\n2024-01-03,101.5\n';

  it('are read like any other symbol, by their owner only', async () => {
    const { data, series } = local.process(bundled, new FixedClock(today));
    const [userId, other] = [randomUUID(), randomUUID()];
    expect(await series.put(userId, 'house', csv)).toEqual({
      symbol: '~HOUSE',
      rows: 2,
      from: '2024-01-02',
      to: '2024-01-03',
      replaced: false,
    });
    expect(await data.quote('~HOUSE', { userId })).toMatchObject({
      price: 101.5,
      change: 1.5,
      source: 'private',
      stale: false,
    });
    expect(await data.series('~HOUSE', { userId })).toMatchObject({
      dates: ['2024-01-02', '2024-01-03'],
      close: [100, 101.5],
    });
    expect(await data.coverage('~HOUSE', { userId })).toEqual({
      from: '2024-01-02',
      to: '2024-01-03',
      rows: 2,
      currency: 'USD',
    });
    expect(await data.search('~', 5, { userId })).toMatchObject([{ symbol: '~HOUSE', kind: 'private' }]);
    expect((await data.quotes(['~HOUSE', 'AAPL'], { userId })).items).toHaveLength(2);
    for (const reader of [other, undefined]) {
      expect(await failure(data.quote('~HOUSE', { userId: reader }))).toMatchObject({ code: 'symbol-not-found' });
      expect(await data.search('~', 5, { userId: reader })).toEqual([]);
    }
  });

  it('tell their coverage without being read, and are read once for all who ask, four at a time', async () => {
    const clock = new FixedClock(today);
    const { series, reads } = local.countingStore(clock);
    const { data } = local.process(bundled, clock, undefined, series);
    const userId = randomUUID();
    const names = Array.from({ length: 12 }, (_, i) => `N${i}`);
    for (const name of names) await series.put(userId, name, csv);
    const whole = await Promise.all(names.map((name) => data.coverage(`~${name}`, { userId })));
    expect(whole).toEqual(names.map(() => ({ from: '2024-01-02', to: '2024-01-03', rows: 2, currency: 'USD' })));
    expect(await data.coverage('~N0')).toBeUndefined();
    expect(reads.total).toBe(0);

    expect(await data.coverage('~N0', { userId, asOf: '2024-01-02' })).toMatchObject({ to: '2024-01-02', rows: 1 });
    expect(await data.coverage('~N0', { userId, asOf: '2024-01-01' })).toBeUndefined();
    const symbols = [...names, ...names, ...names].map((name) => `~${name}`);
    await Promise.all(symbols.map((symbol) => data.series(symbol, { userId })));
    expect(reads.total).toBe(12);
    expect(reads.most).toBe(4);
  });

  it('are replaced whole, also in the memory of another process', async () => {
    const [one, two] = [local.process(bundled, new FixedClock(today)), local.process(bundled, new FixedClock(today))];
    const userId = randomUUID();
    await one.series.put(userId, 'A', csv);
    expect((await two.data.quote('~A', { userId })).price).toBe(101.5);
    expect(await one.series.put(userId, 'A', 'date,close\n2024-01-04,7\n')).toMatchObject({ rows: 1, replaced: true });
    expect((await two.data.quote('~A', { userId })).price).toBe(7);
    expect(await local.objectsOf(userId)).toHaveLength(1);
    expect(await one.series.put(userId, 'A', 'date,close\n2024-01-04,7\n')).toMatchObject({ rows: 1, replaced: true });
    expect(await local.objectsOf(userId)).toHaveLength(1);
  });

  it('put 20 times at once leave one row, one object, and that one readable', async () => {
    const { series } = local.process(bundled, new FixedClock(today));
    const userId = randomUUID();
    const put = (i: number) => series.put(userId, 'RACE', `date,close\n2024-01-02,${i + 1}\n`);
    const reads: Promise<unknown>[] = [];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => {
        reads.push(series.load(userId, 'RACE'));
        return put(i);
      }),
    );
    await Promise.all(reads); // none met a row that points nowhere
    expect(answers.filter(({ replaced }) => !replaced)).toHaveLength(1);
    expect(await local.objectsOf(userId)).toHaveLength(1);
    expect((await series.load(userId, 'RACE'))?.dates).toEqual(['2024-01-02']);
  });

  it('are 100 at most, however many are put at once; removing one makes room', async () => {
    const { series } = local.process(bundled, new FixedClock(today));
    const userId = randomUUID();
    for (let i = 0; i < 98; i++) await series.put(userId, `S${i}`, csv);
    const outcomes = await Promise.all(
      Array.from({ length: 6 }, (_, i) =>
        series.put(userId, `MORE${i}`, csv).then(
          () => 'stored',
          (error: unknown) => (error instanceof Problem ? error.code : error),
        ),
      ),
    );
    expect(outcomes.sort()).toEqual([...Array<string>(4).fill('limit-reached'), 'stored', 'stored']);
    expect(await local.objectsOf(userId)).toHaveLength(100);
    await series.remove(userId, 's0');
    expect(await series.put(userId, 'AGAIN', csv)).toMatchObject({ replaced: false });
    expect(await series.put(userId, 'S1', `${csv}2024-01-04,3`)).toMatchObject({ replaced: true, rows: 3 });
  });

  it('are listed page by page, and the cursor of one user is no good for another', async () => {
    const { series } = local.process(bundled, new FixedClock(today));
    const userId = randomUUID();
    for (const name of ['C', 'A', 'B']) await series.put(userId, name, csv);
    const first = await series.list(userId, 2);
    expect(first.items.map(({ symbol }) => symbol)).toEqual(['~A', '~B']);
    const second = await series.list(userId, 2, first.nextCursor!);
    expect(second).toEqual({ items: [expect.objectContaining({ symbol: '~C' })], nextCursor: null });
    expect(await failure(series.list(randomUUID(), 2, first.nextCursor!))).toMatchObject({ code: 'bad-cursor' });
  });

  it('are gone once removed, with their object', async () => {
    const { series } = local.process(bundled, new FixedClock(today));
    const userId = randomUUID();
    await series.put(userId, 'X', csv);
    await series.remove(userId, 'X');
    expect(await series.load(userId, 'X')).toBeUndefined();
    expect(await local.objectsOf(userId)).toEqual([]);
    expect(await failure(series.remove(userId, 'X'))).toMatchObject({ code: 'price-series-not-found' });
    await series.put(userId, 'Y', csv);
    await series.put(userId, 'Z', csv);
    const exported = [];
    for await (const row of local.personalData(new FixedClock(today)).export(userId).priceSeries) exported.push(row);
    expect(exported.map(({ symbol, rows }) => [symbol, rows.map(({ close }) => close)])).toEqual([
      ['~Y', [100, 101.5]],
      ['~Z', [100, 101.5]],
    ]);
    await local.personalData(new FixedClock(today)).erase(userId);
    expect(await series.list(userId, 10)).toEqual({ items: [], nextCursor: null });
    expect(await local.objectsOf(userId)).toEqual([]);
  });

  it.each(['', '~A', 'A B', '-A', 'A'.repeat(20), '../x', 'é'])('are refused under the name %j', async (name) => {
    const { series } = local.process(bundled, new FixedClock(today));
    expect(await failure(series.put(randomUUID(), name, csv))).toMatchObject({ code: 'validation-failed' });
  });

  it('leave nothing behind when the file is refused', async () => {
    const { series } = local.process(bundled, new FixedClock(today));
    const userId = randomUUID();
    expect(await failure(series.put(userId, 'BAD', 'date,close\n2024-01-02,x'))).toMatchObject({
      code: 'validation-failed',
      errors: [{ path: '2.close' }],
    });
    expect(await series.list(userId, 5)).toEqual({ items: [], nextCursor: null });
    expect(await local.objectsOf(userId)).toEqual([]);
  });

  it('survive a crash at any point of a replacement: the row always points at an object', async () => {
    const { series } = local.process(bundled, new FixedClock(today));
    const userId = randomUUID();
    await series.put(userId, 'C', csv);
    const crash = (): Promise<never> => Promise.reject(new Error('crash'));
    const beforeUpload = local.crashingStore(new FixedClock(today), { put: crash });
    const beforeDelete = local.crashingStore(new FixedClock(today), { delete: crash });

    await expect(beforeUpload.put(userId, 'C', 'date,close\n2024-01-02,1')).rejects.toThrow('crash');
    expect((await series.load(userId, 'C'))?.columns.close).toEqual(Float64Array.of(100, 101.5));
    await expect(beforeDelete.put(userId, 'C', 'date,close\n2024-01-02,2')).rejects.toThrow('crash');
    expect((await series.load(userId, 'C'))?.columns.close).toEqual(Float64Array.of(2));
    await expect(beforeDelete.remove(userId, 'C')).rejects.toThrow('crash');
    expect(await series.load(userId, 'C')).toBeUndefined();
    expect(await local.objectsOf(userId)).toHaveLength(2); // left behind, and nothing points at them
    await local.personalData(new FixedClock(today)).erase(userId);
    expect(await local.objectsOf(userId)).toEqual([]);
  });
});
