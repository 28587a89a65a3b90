import { setImmediate as turn } from 'node:timers/promises';
import { ReadSlots } from './read-slots';

describe('ReadSlots', () => {
  it('runs so many at once, in order, also after failures, and refuses beyond its bound', async () => {
    const slots = new ReadSlots(2, 3);
    const begun: number[] = [];
    let [now, most] = [0, 0];
    const task = (i: number) => async () => {
      begun.push(i);
      most = Math.max(most, ++now);
      await turn();
      now--;
      if (i % 2 === 0) throw new Error(`${i} fails`);
    };
    const outcomes = await Promise.allSettled([0, 1, 2, 3, 4, 5].map((i) => slots.run(task(i))));
    expect(begun).toEqual([0, 1, 2, 3, 4]);
    expect(most).toBe(2);
    expect(outcomes.map(({ status }) => status)).toEqual(
      [0, 1, 2, 3, 4, 5].map((i) => (i % 2 === 0 || i === 5 ? 'rejected' : 'fulfilled')),
    );
    expect(outcomes[5]).toMatchObject({ reason: { code: 'dependency-unavailable', retryAfterSeconds: 2 } });
    await Promise.all([1, 3, 5, 7, 9].map((i) => slots.run(task(i)))); // every slot was given back
    expect(most).toBe(2);
  });
});
