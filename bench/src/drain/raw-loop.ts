import { DeleteMessageBatchCommand, GetQueueUrlCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { topology } from '@stocktool/topology';
import { Stopwatch } from './drained';

/** The least that can drain a queue: receive ten, delete ten, no safeguard at all. */
const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: topology.queues.analysis.name }));

const stopwatch = new Stopwatch();
while (!stopwatch.over) {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1, VisibilityTimeout: 120 }),
  );
  if (Messages.length === 0) continue;
  const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
  await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  stopwatch.lap(Messages.length);
}
stopwatch.print();
process.exit(0);
