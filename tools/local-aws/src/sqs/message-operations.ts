import { z } from 'zod';
import { accountId } from '../account';
import { AwsError } from '../aws-error';
import type { Exchange } from '../http/exchange';
import { operation, type Operations } from '../http/json-service';
import { whenLost } from './lost-answer';
import { MessageAttribute, type Message, type OutgoingMessage } from './message';
import type { Queue, Received } from './queue';
import type { Queues } from './queues';

const Seconds = z.number().int().min(0);
const Sent = z.object({
  MessageBody: z.string(),
  DelaySeconds: Seconds.max(900).nullish(),
  MessageAttributes: z.record(z.string(), MessageAttribute).nullish(),
  MessageSystemAttributes: z.record(z.string(), MessageAttribute).nullish(),
  MessageGroupId: z.string().min(1).max(128).nullish(),
  MessageDeduplicationId: z.string().nullish(),
});
const Receipt = z.object({ ReceiptHandle: z.string().min(1) });
const Visibility = Receipt.extend({ VisibilityTimeout: Seconds.max(43_200) });
const QueueUrl = z.object({ QueueUrl: z.string() });
const batchOf = z.object({ QueueUrl: z.string(), Entries: z.array(z.looseObject({ Id: z.string() })).nullish() });
const Receive = QueueUrl.extend({
  MaxNumberOfMessages: z.number().int().min(1).max(10).nullish(),
  WaitTimeSeconds: Seconds.max(20).nullish(),
  VisibilityTimeout: Seconds.max(43_200).nullish(),
  AttributeNames: z.array(z.string()).nullish(),
  MessageSystemAttributeNames: z.array(z.string()).nullish(),
  MessageAttributeNames: z.array(z.string()).nullish(),
});
const mostBatchEntries = 10;
const mostBatchBytes = 1_048_576;
const invalidCode = 'InvalidParameterValue';

/** Sending, receiving and settling messages. */
export function messageOperations(queues: Queues): Operations {
  return {
    SendMessage: operation(
      QueueUrl.extend(Sent.shape),
      (input) => ({ ...sentAnswer(queues.send(queues.get(input.QueueUrl), outgoing(input))) }),
      invalidCode,
    ),
    SendMessageBatch: operation(batchOf, (input) => {
      const queue = queues.get(input.QueueUrl);
      const entries = checkBatch(input.Entries);
      const bytes = entries.reduce(
        (sum, { MessageBody }) => sum + (typeof MessageBody === 'string' ? Buffer.byteLength(MessageBody) : 0),
        0,
      );
      if (bytes > mostBatchBytes) {
        const message = `Batch requests cannot be longer than ${mostBatchBytes} bytes.`;
        throw new AwsError('BatchRequestTooLong', message, { queryCode: 'AWS.SimpleQueueService.BatchRequestTooLong' });
      }
      const answer = eachEntry(entries, Sent, (entry) => sentAnswer(queue.send(outgoing(entry))));
      queues.wake(queue);
      return answer;
    }),
    ReceiveMessage: operation(Receive, (input, exchange) => receive(queues, input, exchange), invalidCode),
    DeleteMessage: operation(QueueUrl.extend(Receipt.shape), (input) =>
      queues.get(input.QueueUrl).delete(input.ReceiptHandle),
    ),
    DeleteMessageBatch: operation(batchOf, (input) => {
      const queue = queues.get(input.QueueUrl);
      return eachEntry(checkBatch(input.Entries), Receipt, ({ ReceiptHandle }) => void queue.delete(ReceiptHandle));
    }),
    ChangeMessageVisibility: operation(
      QueueUrl.extend(Visibility.shape),
      (input) => changeVisibility(queues, queues.get(input.QueueUrl), input),
      invalidCode,
    ),
    ChangeMessageVisibilityBatch: operation(batchOf, (input) => {
      const queue = queues.get(input.QueueUrl);
      return eachEntry(checkBatch(input.Entries), Visibility, (entry) => changeVisibility(queues, queue, entry));
    }),
  };
}

function changeVisibility(
  queues: Queues,
  queue: Queue,
  { ReceiptHandle, VisibilityTimeout }: z.infer<typeof Visibility>,
): void {
  queue.changeVisibility(ReceiptHandle, VisibilityTimeout);
  queues.wake(queue);
}

const outgoing = (input: z.infer<typeof Sent>): OutgoingMessage => ({
  body: input.MessageBody,
  attributes: input.MessageAttributes ?? undefined,
  groupId: input.MessageGroupId ?? undefined,
  traceHeader: input.MessageSystemAttributes?.AWSTraceHeader?.StringValue ?? undefined,
  delaySeconds: input.DelaySeconds ?? undefined,
});

const sentAnswer = ({ id, bodyMd5, attributesMd5 }: Message) => ({
  MessageId: id,
  MD5OfMessageBody: bodyMd5,
  MD5OfMessageAttributes: attributesMd5,
});

async function receive(queues: Queues, input: z.infer<typeof Receive>, { response }: Exchange): Promise<unknown> {
  const queue = queues.get(input.QueueUrl);
  const hangUp = new AbortController();
  const waitMs = (input.WaitTimeSeconds ?? queue.setting('ReceiveMessageWaitTimeSeconds')) * 1000;
  response.once('close', () => hangUp.abort());
  if (response.destroyed) return {};
  const most = input.MaxNumberOfMessages ?? 1;
  const polls = queues.polls(input.QueueUrl);
  const received = await polls.receive(most, waitMs, input.VisibilityTimeout ?? undefined, hangUp.signal);
  if (received.length === 0) return {};
  whenLost(response, () => {
    for (const one of received) queue.returnUndelivered(one);
    queues.wake(queue);
  });
  const names = new Set([...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])]);
  return { Messages: received.map((one) => receivedAnswer(one, names, input.MessageAttributeNames ?? [])) };
}

function receivedAnswer(
  { message, receiptHandle }: Received,
  names: ReadonlySet<string>,
  attributeNames: readonly string[],
) {
  const attributes = names.size > 0 ? systemAttributes(message, names) : undefined;
  const chosen = Object.entries(message.attributes ?? {}).filter(([name]) =>
    attributeNames.some((pattern) => matches(pattern, name)),
  );
  return {
    MessageId: message.id,
    ReceiptHandle: receiptHandle,
    MD5OfBody: message.bodyMd5,
    Body: message.body,
    Attributes: attributes,
    ...(chosen.length > 0 && {
      MessageAttributes: Object.fromEntries(chosen),
      MD5OfMessageAttributes: message.attributesMd5,
    }),
  };
}

const matches = (pattern: string, name: string): boolean =>
  pattern === 'All' || pattern === name || (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -2)));

function systemAttributes(message: Message, names: ReadonlySet<string>): Record<string, string> {
  const all: Record<string, string | undefined> = {
    SenderId: accountId,
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    MessageGroupId: message.groupId,
    AWSTraceHeader: message.traceHeader,
    DeadLetterQueueSourceArn: message.deadLetterSourceArn,
  };
  const wanted: Record<string, string> = {};
  for (const name in all) {
    const value = all[name];
    if (value !== undefined && (names.has('All') || names.has(name))) wanted[name] = value;
  }
  return wanted;
}

type Entry = Record<string, unknown> & { Id: string };

function checkBatch(entries: Entry[] | null | undefined): Entry[] {
  const fail = (code: string, message: string): AwsError =>
    new AwsError(code, message, { queryCode: `AWS.SimpleQueueService.${code}` });
  if (!entries?.length) throw fail('EmptyBatchRequest', 'There should be at least one entry in the request.');
  if (entries.length > mostBatchEntries) {
    throw fail(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are 10. You have sent ${entries.length}.`,
    );
  }
  if (entries.some(({ Id }) => !/^[\w-]{1,80}$/.test(Id))) {
    throw fail(
      'InvalidBatchEntryId',
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores, at most 80.',
    );
  }
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length)
    throw fail('BatchEntryIdsNotDistinct', 'An Id is repeated.');
  return entries;
}

/** One entry's failure never touches the others: it is reported inside a 200. */
function eachEntry<Schema extends z.ZodType>(
  entries: Entry[],
  schema: Schema,
  run: (entry: z.infer<Schema>) => object | void,
): { Successful: object[]; Failed: object[] } {
  const Successful: object[] = [];
  const Failed: object[] = [];
  for (const entry of entries) {
    const { Id } = entry;
    const parsed = schema.safeParse(entry);
    try {
      if (!parsed.success) throw new AwsError(invalidCode, `${parsed.error.issues[0]?.path.join('.')} is invalid.`);
      Successful.push({ Id, ...run(parsed.data) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Failed.push({ Id, Code: error.code, Message: error.message, SenderFault: true });
    }
  }
  return { Successful, Failed };
}
