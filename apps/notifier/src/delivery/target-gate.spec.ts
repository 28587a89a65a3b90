import { setTimeout as pause } from 'node:timers/promises';
import { TargetGate } from './target-gate';

/** Work that ends when told. */
function held() {
  const { promise, resolve } = Promise.withResolvers<string>();
  return { work: () => promise, end: () => resolve('done') };
}
/** How many of ten are let in. */
async function atOnce(gate: TargetGate): Promise<number> {
  const jobs = Array.from({ length: 10 }, held);
  const results = jobs.map(({ work }) => gate.enter('a', work, 20));
  await pause(60);
  jobs.forEach(({ end }) => end());
  return (await Promise.all(results)).filter(Boolean).length;
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
    await gate.timed('a', () => pause(60));
    const job = held();
    const probe = gate.enter('a', job.work);
    expect(await gate.enter('a', () => Promise.resolve('refused'))).toBeUndefined();
    expect(await gate.enter('b', () => Promise.resolve('another receiver'))).toBe('another receiver');
    job.end();
    await probe;
    await gate.enter('a', () => Promise.resolve('nothing to send'));
    expect(await atOnce(gate)).toBe(1);
    await gate.timed('a', () => Promise.resolve('sent'));
    expect(await atOnce(gate)).toBe(3);
    const jobs = [held(), held(), held()];
    const results = jobs.map(({ work }) => gate.enter('a', work));
    jobs.forEach(({ end }) => end());
    expect(await Promise.all(results)).toEqual(['done', 'done', 'done']);
  });

  it('lets fewer in to a receiver that takes fewer, and lets wait who has patience', async () => {
    const gate = new TargetGate({ ...options, mostOf: { a: 2 }, waitMs: 0 });
    const jobs = [held(), held()];
    const results = jobs.map(({ work }) => gate.enter('a', work));
    expect(await gate.enter('a', () => Promise.resolve('in a hurry'))).toBeUndefined();
    const patient = gate.enter('a', () => Promise.resolve('patient'), 5000);
    jobs.forEach(({ end }) => end());
    expect(await patient).toBe('patient');
    await Promise.all(results);
  });
});
