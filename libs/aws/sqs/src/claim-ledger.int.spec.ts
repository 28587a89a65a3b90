import { randomUUID } from 'node:crypto';
import { Dynamo } from '@stocktool/aws-dynamodb';
import {
  createTable,
  eventually,
  FixedClock,
  localDynamo,
  type LocalResource,
  ManualMetrics,
} from '@stocktool/testing';
import { ClaimLedger } from './claim-ledger';
import { RetryLater } from './queue-handler';

let table: LocalResource;
beforeAll(async () => (table = await createTable('idempotency')));
afterAll(() => table.drop());

const daySeconds = 86_400;

function ledgers(leaseSeconds = 60) {
  const clock = new FixedClock('2026-01-01T00:00:00Z');
  const metrics = new ManualMetrics();
  const dynamo = new Dynamo(localDynamo(), clock);
  const make = () => new ClaimLedger(dynamo, table.name, { leaseSeconds, clock, metrics });
  return { clock, metrics, make, key: randomUUID() };
}

describe('ClaimLedger.once', () => {
  it('runs the effect once when fifty owners race, and none of the others reports it done too early', async () => {
    const { make, key } = ledgers();
    let effects = 0;
    const finished = Promise.withResolvers<void>();
    const racing = Array.from({ length: 50 }, () =>
      make().once(key, daySeconds, async () => {
        effects += 1;
        await finished.promise;
      }),
    );
    const settled = Promise.allSettled(racing);
    // All but the owner end while the effect is still under way.
    let losers = 0;
    for (const one of racing) one.catch(() => (losers += 1));
    await eventually(() => losers === 49, { timeoutMs: 15_000 });
    expect(effects).toBe(1);
    finished.resolve();
    const outcomes = await settled;
    expect(effects).toBe(1);
    expect(outcomes.filter((one) => one.status === 'fulfilled' && one.value === 'done')).toHaveLength(1);
    for (const one of outcomes) {
      if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(RetryLater);
    }
  });

  it('answers already-done afterwards, until the time to live is over', async () => {
    const { make, key, clock } = ledgers();
    let effects = 0;
    const effect = () => Promise.resolve(void (effects += 1));
    expect(await make().once(key, daySeconds, effect)).toBe('done');
    expect(await make().once(key, daySeconds, effect)).toBe('already-done');
    clock.advance(daySeconds * 1000 - 1000);
    expect(await make().once(key, daySeconds, effect)).toBe('already-done');
    clock.advance(2000);
    expect(await make().once(key, daySeconds, effect)).toBe('done');
    expect(effects).toBe(2);
  });

  it('asks to come back when the lease of a live owner ends', async () => {
    const { make, key, clock } = ledgers(60);
    const gate = Promise.withResolvers<void>();
    const began = Promise.withResolvers<void>();
    const owner = make().once(key, daySeconds, () => {
      began.resolve();
      return gate.promise;
    });
    await began.promise;
    clock.advance(20_000);
    await expect(make().once(key, daySeconds, () => Promise.resolve())).rejects.toMatchObject({ seconds: 40 });
    gate.resolve();
    expect(await owner).toBe('done');
  });

  it('gives the claim back when the effect fails', async () => {
    const { make, key, metrics } = ledgers();
    await expect(make().once(key, daySeconds, () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    expect(await make().once(key, daySeconds, () => Promise.resolve())).toBe('done');
    expect(metrics.total('ClaimsUnsettled')).toBe(0);
  });

  it('lets the claim of a dead owner be taken over after its lease, counts it, and keeps the stale owner from settling', async () => {
    const { make, key, clock, metrics } = ledgers(60);
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const began = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const start = (index: 0 | 1) =>
      make().once(key, daySeconds, () => {
        began[index]?.resolve();
        return gates[index]?.promise ?? Promise.resolve();
      });
    const stale = start(0);
    await began[0]?.promise;
    clock.advance(60_000);
    const second = start(1);
    await began[1]?.promise;
    expect(metrics.total('ClaimsUnsettled')).toBe(1);

    gates[0]?.resolve();
    expect(await stale).toBe('done');
    expect(metrics.total('ClaimsLost')).toBe(1);
    await expect(make().once(key, daySeconds, () => Promise.resolve())).rejects.toThrow(RetryLater); // still the second's

    gates[1]?.resolve();
    expect(await second).toBe('done');
    expect(await make().once(key, daySeconds, () => Promise.resolve())).toBe('already-done');
  });

  it('does not let a stale owner whose effect failed release the claim of its successor', async () => {
    const { make, key, clock } = ledgers(60);
    const fail = Promise.withResolvers<void>();
    const began = Promise.withResolvers<void>();
    const stale = make().once(key, daySeconds, () => {
      began.resolve();
      return fail.promise;
    });
    await began.promise;
    clock.advance(60_000);
    expect(await make().once(key, daySeconds, () => Promise.resolve())).toBe('done');
    fail.reject(new Error('late'));
    await expect(stale).rejects.toThrow('late');
    expect(await make().once(key, daySeconds, () => Promise.resolve())).toBe('already-done');
  });
});
