import { setTimeout as delay } from 'node:timers/promises';
import { type MessageAttributeValue, PublishBatchCommand, PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { asProblem } from '@stocktool/aws-client';
import { events, Problem, StockToolEvent } from '@stocktool/contracts';
import { RequestContext } from '@stocktool/observability';
import { topology } from '@stocktool/topology';
import type { TopicDirectory } from './topic-directory';

interface Publication {
  Message: string;
  MessageAttributes: Record<string, MessageAttributeValue>;
  MessageGroupId?: string;
}

const entriesPerBatch = 10;
/** Of the 256 KiB that one call may carry, attributes included. */
const bytesPerBatch = 240_000;
const attempts = 4;
const firstDelayMs = 50;

/**
 * Publishes events of the catalogue to the topic that the topology names for their type. The message attributes `type`,
 * `userId` and `severity` are for filter policies; the group makes queues fair between users.
 */
export class EventPublisher {
  constructor(
    private readonly client: SNSClient,
    private readonly topics: TopicDirectory,
    private readonly topicNameOf: (event: StockToolEvent) => string = topicName,
  ) {}

  async publish(event: StockToolEvent): Promise<void> {
    const TopicArn = await this.topics.arn(this.topicNameOf(event));
    try {
      await this.client.send(new PublishCommand({ TopicArn, ...publication(event) }));
    } catch (error) {
      throw asProblem(error, 'The notification service');
    }
  }

  /** A tenth of the price of single publishing. A failure leaves some published: publishing again is safe, ids are stable. */
  async publishBatch(all: readonly StockToolEvent[]): Promise<void> {
    const byTopic = Map.groupBy(all, (event) => this.topicNameOf(event));
    for (const [name, group] of byTopic) {
      const arn = await this.topics.arn(name);
      for (const batch of batches(group.map(publication))) await this.publishEntries(arn, batch);
    }
  }

  private async publishEntries(arn: string, batch: Publication[]): Promise<void> {
    let pending = batch.map((entry, index) => ({ Id: String(index), ...entry }));
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      if (attempt > 0) await delay(Math.random() * firstDelayMs * 2 ** attempt);
      const command = new PublishBatchCommand({ TopicArn: arn, PublishBatchRequestEntries: pending });
      const { Failed = [] } = await this.client.send(command).catch((error: unknown) => {
        throw asProblem(error, 'The notification service');
      });
      const refused = Failed.find(({ SenderFault }) => SenderFault);
      if (refused) throw new Error(`SNS refused an event: ${refused.Code ?? 'no code'}`);
      const failed = new Set(Failed.map(({ Id }) => Id));
      pending = pending.filter(({ Id }) => failed.has(Id));
      if (pending.length === 0) return;
    }
    throw new Problem('dependency-unavailable', 'The notification service did not take all events.', {
      retryAfterSeconds: 5,
    });
  }
}

const topicName = ({ type }: StockToolEvent): string => topology.topics[topology.eventTopics[type]].name;

function publication(event: StockToolEvent): Publication {
  const checked = StockToolEvent.parse(event);
  const userId = 'userId' in checked.data ? checked.data.userId : undefined;
  const scope = RequestContext.current();
  const attributes = {
    type: checked.type,
    severity: events[checked.type].severity,
    userId,
    requestId: scope?.requestId,
    traceparent: scope?.traceparent,
  };
  const MessageAttributes: Record<string, MessageAttributeValue> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) MessageAttributes[name] = { DataType: 'String', StringValue: value };
  }
  return {
    Message: JSON.stringify(checked),
    MessageAttributes,
    ...(userId !== undefined && { MessageGroupId: userId }),
  };
}

function batches(publications: Publication[]): Publication[][] {
  const parts: Publication[][] = [];
  let bytes = Infinity;
  for (const one of publications) {
    const size = Buffer.byteLength(one.Message) + 500;
    const last = parts.at(-1);
    if (!last || last.length >= entriesPerBatch || bytes + size > bytesPerBatch) {
      parts.push([one]);
      bytes = size;
    } else {
      last.push(one);
      bytes += size;
    }
  }
  return parts;
}
