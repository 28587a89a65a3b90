import { Logger } from '@nestjs/common';
import { EventPublisher, TopicDirectory } from '@stocktool/aws-sns';
import type { StockToolEvent } from '@stocktool/contracts';
import { eventually } from '@stocktool/testing';
import { context, surroundings, type Surroundings } from './analysis-flow.fixture';

let here: Surroundings;
beforeAll(async () => {
  Logger.overrideLogger(false);
  here = await surroundings();
}, 60_000);
afterAll(() => here.close(), 60_000);

describe('the sweep', () => {
  it('publishes the event of a worker that died before publishing it', async () => {
    const body = await here.queued();
    const dead = here.nowhere();
    await here.worker({ publisher: dead }).handler.handle(body, context());
    expect(await here.eventsOf(body.analysisId)).toEqual([]);
    here.clock.advance(31_000);
    await here.worker().sweep.sweep();
    expect((await here.eventsReach(body.analysisId, 1)).map(({ id }) => id)).toEqual([`${body.analysisId}:completed`]);
    here.clock.advance(31_000);
    expect(await here.table.pendingEvents(100)).toEqual([]);
  });

  it('publishes again, under the same id, what a worker published without noting it', async () => {
    const body = await here.queued();
    class DiesBeforeClearing extends EventPublisher {
      override async publish(event: StockToolEvent): Promise<void> {
        await here.publisher.publish(event);
        throw new Error('dead');
      }
    }
    const dying = new DiesBeforeClearing(here.sns, new TopicDirectory(here.sns));
    await here.worker({ publisher: dying }).handler.handle(body, context());
    here.clock.advance(31_000);
    await here.worker().sweep.sweep();
    const events = await here.eventsReach(body.analysisId, 2);
    expect(new Set(events.map(({ id }) => id)).size).toBe(1);
  });

  it('publishes the others when one event is refused for good, and sends messages nevertheless', async () => {
    const [refused, good, lost] = [await here.queued(), await here.queued(), await here.queued()];
    const dead = here.nowhere();
    for (const body of [refused, good]) await here.worker({ publisher: dead }).handler.handle(body, context());
    class RefusesOne extends EventPublisher {
      override publish(event: StockToolEvent): Promise<void> {
        if (event.subject === refused.analysisId) return Promise.reject(new Error('no such event'));
        return here.publisher.publish(event);
      }
      override publishBatch(events: readonly StockToolEvent[]): Promise<void> {
        if (events.some(({ subject }) => subject === refused.analysisId))
          return Promise.reject(new Error('no such event'));
        return here.publisher.publishBatch(events);
      }
    }
    here.clock.advance(61_000);
    await here.worker({ publisher: new RefusesOne(here.sns, new TopicDirectory(here.sns)) }).sweep.sweep();
    expect(await here.eventsReach(good.analysisId, 1)).toHaveLength(1);
    expect(await here.eventsOf(refused.analysisId)).toEqual([]);
    const requeued = await eventually(async () =>
      (await here.receive(here.queue.url)).some((body) => body.includes(lost.analysisId)),
    );
    expect(requeued).toBe(true);
  });

  it('sends the message of a row that lost its own', async () => {
    const body = await here.queued();
    here.clock.advance(61_000);
    await here.worker().sweep.sweep();
    const sent = await eventually(async () =>
      (await here.receive(here.queue.url))
        .map((text) => JSON.parse(text))
        .find(({ analysisId }) => analysisId === body.analysisId),
    );
    expect(sent).toEqual(body);
  });
});
