import { setTimeout as pause } from 'node:timers/promises';
import { TargetGate } from './target-gate';

/** Work that ends when told. */
function held() {
  const { promise, resolve } = Promise.withResolvers<string>();
  return { work: () => promise, end: () => resolve('done') };
}
const options = { most: 3, mostWhenSlow: 1, slowMs: 40, waitMs: 500 };

describe('TargetGate', () => {
  it('lets as many in as it may, and the next when one has left', async () => {
    const gate = new TargetGate({ ...options, slowMs: 10_000 });
    const jobs = [held(), held(), held(), held()];
    let entered = 0;
    const results = jobs.map(({ work }) =>
      gate.enter('a', () => {
        entered++;
        return work();
      }),
    );
    await pause(0);
    expect(entered).toBe(3);
    jobs[0]!.end();
    await results[0];
    await pause(0);
    expect(entered).toBe(4);
    jobs.forEach(({ end }) => end());
    expect(await Promise.all(results)).toEqual(['done', 'done', 'done', 'done']);
  });

  it('sends away who has waited too long', async () => {
    const gate = new TargetGate({ ...options, most: 1, waitMs: 30 });
    const job = held();
    const first = gate.enter('a', job.work);
    expect(await gate.enter('a', () => Promise.resolve('second'))).toBeUndefined();
    job.end();
    await first;
    expect(await gate.enter('a', () => Promise.resolve('third'))).toBe('third');
  });

  it('lets few and no waiting ones to a receiver that was slow, until it is quick again', async () => {
    const gate = new TargetGate(options);
    await gate.enter('a', () => pause(60));
    const job = held();
    const probe = gate.enter('a', job.work);
    expect(await gate.enter('a', () => Promise.resolve('refused'))).toBeUndefined();
    expect(await gate.enter('b', () => Promise.resolve('another receiver'))).toBe('another receiver');
    job.end();
    await probe;
    const jobs = [held(), held(), held()];
    const results = jobs.map(({ work }) => gate.enter('a', work));
    jobs.forEach(({ end }) => end());
    expect(await Promise.all(results)).toEqual(['done', 'done', 'done']);
  });
});
