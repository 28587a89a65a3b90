import { type MessageAttributeValue, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { decodeCursor, type Dynamo, encodeCursor } from '@stocktool/aws-dynamodb';
import { type Clock, DeadLetter, type Page, type PageQuery, systemClock } from '@stocktool/contracts';
import type { FailureLedger, Verdict } from './failure-ledger';
import type { InFlight } from './in-flight';
import { preview } from './preview';

/** As long as SQS keeps the message itself. */
const keptSeconds = 14 * 86_400;
const attributesPerMessage = 10;

/** Moves messages to the dead-letter queue with their reason, and keeps a record that people can read. */
export class DeadLetters {
  constructor(
    private readonly dynamo: Dynamo,
    private readonly tableName: string,
    private readonly clock: Clock = systemClock,
  ) {}

  /**
   * Record, copy, note that the copy exists; the caller deletes the original last. Each step may be repeated after a crash:
   * nothing is lost, the record has one key, and a second copy is possible only when the crash was between copy and note.
   */
  async move(
    flight: InFlight,
    to: { client: SQSClient; ledger: FailureLedger; queue: string; deadLetterUrl: string },
    verdict: Verdict,
  ): Promise<void> {
    await this.record(to.queue, flight, verdict);
    if (verdict.moved) return;
    const { Body, MessageAttributes = {}, Attributes } = flight.message;
    const group = Attributes?.MessageGroupId;
    const command = new SendMessageCommand({
      QueueUrl: to.deadLetterUrl,
      MessageBody: Body,
      MessageAttributes: withVerdict(MessageAttributes, flight.messageId, verdict),
      ...(group !== undefined && { MessageGroupId: group }),
    });
    await to.client.send(command);
    await to.ledger.markMoved(to.queue, flight.messageId);
  }

  /** Newest first. */
  async list(queue: string, { limit, cursor }: PageQuery): Promise<Page<DeadLetter>> {
    const scope = scopeOf(queue);
    const page = await this.dynamo.query({
      TableName: this.tableName,
      KeyConditionExpression: '#scope = :scope',
      ExpressionAttributeNames: { '#scope': 'scope' },
      ExpressionAttributeValues: { ':scope': scope },
      ScanIndexForward: false,
      Limit: limit,
      ExclusiveStartKey:
        cursor === undefined ? undefined : decodeCursor(cursor, (key) => key.scope === scope, ['scope', 'itemId']),
    });
    return { items: page.items.map((item) => DeadLetter.parse(item)), nextCursor: encodeCursor(page.lastKey) };
  }

  private async record(queue: string, flight: InFlight, verdict: Verdict): Promise<void> {
    await this.dynamo.put({
      TableName: this.tableName,
      Item: {
        scope: scopeOf(queue),
        itemId: `${verdict.deadAt}#${flight.messageId}`,
        messageId: flight.messageId,
        deadLetteredAt: verdict.deadAt,
        failures: verdict.failures,
        reason: verdict.reason,
        preview: preview(flight.message.Body ?? ''),
        ttl: this.clock.epochSeconds() + keptSeconds,
      },
    });
  }
}

const scopeOf = (queue: string): string => `dead#${queue}`;
const text = (value: string): MessageAttributeValue => ({ DataType: 'String', StringValue: value });

function withVerdict(
  original: Record<string, MessageAttributeValue>,
  messageId: string,
  { reason, failures }: Verdict,
): Record<string, MessageAttributeValue> {
  const added = {
    reason: text(reason),
    failures: { DataType: 'Number', StringValue: String(failures) },
    originalMessageId: text(messageId),
  };
  const kept = Object.entries(original).slice(0, attributesPerMessage - Object.keys(added).length);
  return { ...Object.fromEntries(kept), ...added };
}
