import type { Message } from '@aws-sdk/client-sqs';
import { Injectable, Logger, type Type } from '@nestjs/common';
import type { QueueName } from '@stocktool/contracts';
import { SqsConsumerEventHandler, SqsMessageHandler, SqsService } from '@ssut/nestjs-sqs';
import { QueueConsumers } from './queue-consumers';

/**
 * The face that the library sees for one queue: a batch handler that acknowledges nothing (`[]`), because each message is
 * deleted when it is done and not when the slowest of its batch is, and the error listener without which an error event would
 * end the process.
 */
export function pollerOf(queue: QueueName): Type<unknown> {
  @Injectable()
  class QueuePoller {
    private readonly logger = new Logger(QueuePoller.name);

    constructor(
      private readonly consumers: QueueConsumers,
      private readonly service: SqsService,
    ) {}

    @SqsMessageHandler(queue, true)
    async receive(messages: Message[]): Promise<Message[]> {
      const { consumer } = this.consumers.of(queue);
      await consumer.receive(messages);
      this.service.consumers.get(queue)?.instance.updateOption('batchSize', Math.max(1, consumer.freeSlots));
      return [];
    }

    @SqsConsumerEventHandler(queue, 'error')
    failed(error: Error): void {
      if (this.consumers.stopping) return;
      this.consumers.of(queue).pause.lengthen();
      this.logger.warn({ queue, err: error }, 'the queue could not be polled');
    }
  }
  return QueuePoller;
}
