import fc from 'fast-check';
import { FairBacklog } from './fair-backlog';
import type { Message } from './message';

const message = (id: string, groupId?: string): Message => ({
  id,
  sequence: 0,
  groupId,
  body: id,
  bodyMd5: '',
  attributesMd5: undefined,
  sentAt: 0,
  state: 'ready',
  version: 0,
  receiveCount: 0,
  receipt: 0,
  firstReceivedAt: undefined,
});

describe('FairBacklog', () => {
  it('keeps the order of messages without a group', () => {
    const backlog = new FairBacklog();
    for (const id of ['a', 'b', 'c']) backlog.add(message(id));
    expect([backlog.take()?.id, backlog.take()?.id, backlog.take()?.id, backlog.take()]).toEqual([
      'a',
      'b',
      'c',
      undefined,
    ]);
  });

  it('lets groups take turns', () => {
    const backlog = new FairBacklog();
    for (const id of ['a1', 'a2', 'a3', 'b1', 'b2', 'c1']) backlog.add(message(id, id[0]));
    const order = Array.from({ length: 6 }, () => backlog.take()?.id);
    expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
  });

  it('prefers the group with fewer messages in flight', () => {
    const backlog = new FairBacklog();
    for (let index = 0; index < 5; index++) backlog.add(message(`a${index}`, 'a'));
    backlog.take();
    backlog.take();
    backlog.add(message('b0', 'b'));
    backlog.add(message('b1', 'b'));
    expect([backlog.take()?.id, backlog.take()?.id]).toEqual(['b0', 'b1']);
  });

  it('gives out every message exactly once, whatever happens in between', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('add' as const), group: fc.integer({ min: 0, max: 3 }) }),
      fc.record({
        do: fc.constantFrom('take' as const, 'settle' as const, 'giveBack' as const, 'removeReady' as const),
      }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const backlog = new FairBacklog();
        const ready = new Set<Message>();
        const inFlight: Message[] = [];
        let next = 0;
        for (const action of steps) {
          if (action.do === 'add') {
            const added = message(String(next++), action.group === 0 ? undefined : `g${action.group}`);
            backlog.add(added);
            ready.add(added);
          } else if (action.do === 'take') {
            const taken = backlog.take();
            expect(taken !== undefined).toBe(ready.size > 0);
            if (taken && ready.delete(taken)) inFlight.push(taken);
          } else if (action.do === 'removeReady') {
            const [first] = ready;
            if (first) backlog.remove(first);
            if (first) ready.delete(first);
          } else {
            const landed = inFlight.shift();
            if (!landed) continue;
            backlog.landed(landed);
            if (action.do === 'giveBack') {
              backlog.giveBack(landed);
              ready.add(landed);
            }
          }
          expect(backlog.size).toBe(ready.size);
        }
        const rest = Array.from({ length: ready.size }, () => backlog.take());
        expect(new Set(rest)).toEqual(ready);
        expect(backlog.take()).toBeUndefined();
      }),
    );
  });
});
