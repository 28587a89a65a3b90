import { WriteBehind } from './write-behind';

describe('WriteBehind', () => {
  it('writes at once, and together what gathers meanwhile, of a key the last', async () => {
    const written: string[][] = [];
    let release: () => void = () => undefined;
    const first = new Promise<void>((done) => (release = done));
    const rows = new WriteBehind<string>((batch) => {
      written.push(batch);
      return written.length === 1 ? first : Promise.resolve();
    });
    const puts = [rows.put('first', 'first')];
    await Promise.resolve();
    for (let i = 0; i < 60; i++) puts.push(rows.put(`row ${i}`, `row ${i}`));
    puts.push(rows.put('row 0', 'newer'));
    release();
    await Promise.all(puts);
    expect(written.map((batch) => batch.length)).toEqual([1, 25, 25, 10]);
    expect(written[1]![0]).toBe('newer');
  });

  it('tells those whose write failed, and goes on', async () => {
    let failing = true;
    const rows = new WriteBehind<string>(() => (failing ? Promise.reject(new Error('down')) : Promise.resolve()));
    await expect(rows.put('a', 'a')).rejects.toThrow('down');
    failing = false;
    await expect(rows.put('b', 'b')).resolves.toBeUndefined();
  });
});
