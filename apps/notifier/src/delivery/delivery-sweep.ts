import { QueueSender } from '@stocktool/aws-sqs';
import { Sweep } from '@stocktool/bootstrap';
import { DeliveryTable } from '@stocktool/subscriptions';

const perTick = 100;

/** Looks for deliveries whose time has come: waits longer than a queue can delay, and what a crash left behind. */
export class DeliverySweep extends Sweep {
  constructor(
    private readonly deliveries: DeliveryTable,
    private readonly queue: QueueSender,
    everySeconds: number,
  ) {
    super(everySeconds);
  }

  /** One page: what is left comes with the next tick. */
  async sweep(): Promise<void> {
    const due = await this.deliveries.due(perTick);
    await Promise.all(due.map((message) => this.queue.send('notifications', message, { groupId: message.userId })));
  }
}
