import type { Message } from '@aws-sdk/client-sqs';
import { Injectable, Logger, type Type } from '@nestjs/common';
import { SqsConsumerEventHandler, SqsMessageHandler, SqsService } from '@ssut/nestjs-sqs';
import { QueueConsumers } from './queue-consumers';

/**
 * The face that the library sees for one lane of a queue: a batch handler that acknowledges nothing (`[]`), because each message is
 * deleted when it is done and not when the slowest of its batch is, and the error listener without which an error event would
 * end the process.
 */
export function pollerOf(lane: string): Type<unknown> {
  @Injectable()
  class QueuePoller {
    private readonly logger = new Logger(QueuePoller.name);

    constructor(
      private readonly consumers: QueueConsumers,
      private readonly service: SqsService,
    ) {}

    @SqsMessageHandler(lane, true)
    async receive(messages: Message[]): Promise<Message[]> {
      const { consumer } = this.consumers.lane(lane);
      await consumer.receive(messages);
      this.service.consumers.get(lane)?.instance.updateOption('batchSize', Math.max(1, consumer.freeSlots));
      return [];
    }

    @SqsConsumerEventHandler(lane, 'empty')
    async empty(): Promise<void> {
      await this.consumers.lane(lane).consumer.receive([]);
    }

    @SqsConsumerEventHandler(lane, 'error')
    failed(error: Error): void {
      if (this.consumers.stopping) return;
      this.consumers.lane(lane).pause.lengthen();
      this.logger.warn({ queue: lane, err: error }, 'the queue could not be polled');
    }
  }
  return QueuePoller;
}
