import { eventually } from '@stocktool/testing';
import { Logger } from '@nestjs/common';
import { Sweep } from './sweep';

class Looks extends Sweep {
  begun = 0;
  ended = 0;
  constructor(private readonly look: (nth: number, stopping: AbortSignal) => Promise<void>) {
    super(0.001);
  }
  async sweep(): Promise<void> {
    await this.look(++this.begun, this.stopping);
    this.ended++;
  }
}
const until = (stopping: AbortSignal) =>
  new Promise<void>((resolve) => stopping.addEventListener('abort', () => resolve(), { once: true }));

beforeAll(() => Logger.overrideLogger(false));

describe('a sweep', () => {
  it('goes on after a look that failed', async () => {
    const looks = new Looks((nth) => (nth < 3 ? Promise.reject(new Error('not now')) : Promise.resolve()));
    looks.onApplicationBootstrap();
    await eventually(() => looks.ended > 1);
    await looks.onModuleDestroy();
    expect(looks.begun).toBe(looks.ended + 2);
  });

  it('ends with the look under way, which is told, and begins no other', async () => {
    const looks = new Looks((_, stopping) => until(stopping));
    looks.onApplicationBootstrap();
    await eventually(() => looks.begun === 1);
    await looks.onModuleDestroy();
    expect([looks.begun, looks.ended]).toEqual([1, 1]);
  });

  it('that never began ends at once', async () => {
    const looks = new Looks(() => Promise.resolve());
    await looks.onModuleDestroy();
    expect(looks.begun).toBe(0);
  });
});
