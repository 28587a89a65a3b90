import type { SQSClient } from '@aws-sdk/client-sqs';
import { type QueueName, queues } from '@stocktool/contracts';
import type { SqsModule } from '@ssut/nestjs-sqs';
import { Acknowledger } from './acknowledger';
import type { DeadLetters } from './dead-letters';
import type { FailureLedger } from './failure-ledger';
import { MessageFate, type RetryPolicy } from './message-fate';
import { PollPause } from './poll-pause';
import { QueueConsumer } from './queue-consumer';
import type { QueueDirectory } from './queue-directory';
import { VisibilityKeeper } from './visibility-keeper';

export interface ConsumerSettings {
  /** Messages handled at once from each queue. */
  readonly concurrency?: number | Partial<Record<QueueName, number>>;
  /** Instead of the catalogue's: for tests and for operators. */
  readonly visibilitySeconds?: number;
  readonly waitSeconds?: number;
  readonly retry?: Partial<Omit<RetryPolicy, 'failuresBeforeDeadLetter'>>;
}

export interface ClaimedQueue {
  readonly queue: QueueName;
  readonly url: string;
  readonly visibilitySeconds: number;
  readonly consumer: QueueConsumer;
  readonly pause: PollPause;
}

const defaultConcurrency = 10;
const defaultRetry = { firstDelaySeconds: 2, longestDelaySeconds: 300, longestOutageDelaySeconds: 900 };

/** The consumers of the queues that this application claims, and the options by which the library polls for them. */
export class QueueConsumers {
  private readonly stop = new AbortController();

  constructor(
    private readonly claimed: ReadonlyMap<QueueName, ClaimedQueue>,
    private readonly settings: ConsumerSettings,
  ) {}

  static async of(
    names: readonly QueueName[],
    settings: ConsumerSettings,
    parts: { client: SQSClient; directory: QueueDirectory; ledger: FailureLedger; deadLetters: DeadLetters },
  ): Promise<QueueConsumers> {
    const claimed = await Promise.all(names.map((queue) => claim(queue, settings, parts)));
    return new QueueConsumers(new Map(claimed.map((one) => [one.queue, one])), settings);
  }

  get stopping(): boolean {
    return this.stop.signal.aborted;
  }

  get all(): readonly ClaimedQueue[] {
    return [...this.claimed.values()];
  }

  of(queue: QueueName): ClaimedQueue {
    const claimed = this.claimed.get(queue);
    if (!claimed) throw new Error(`The queue ${queue} is not claimed`);
    return claimed;
  }

  /** `receiver` is a client of its own, so that parked long polls take no connection from anybody. */
  libraryOptions(receiver: SQSClient): Parameters<typeof SqsModule.register>[0] {
    const consumers = this.all.map(({ queue, url, visibilitySeconds, consumer, pause }) => ({
      name: queue,
      queueUrl: url,
      sqs: receiver,
      batchSize: Math.max(1, consumer.freeSlots),
      waitTimeSeconds: this.settings.waitSeconds ?? 20,
      visibilityTimeout: visibilitySeconds,
      messageAttributeNames: ['All'],
      messageSystemAttributeNames: ['ApproximateReceiveCount' as const, 'MessageGroupId' as const],
      preReceiveMessageCallback: async () => {
        await pause.wait(this.stop.signal);
        await consumer.ready();
      },
      postReceiveMessageCallback: () => Promise.resolve(pause.end()),
    }));
    return { consumers, globalStopOptions: { abort: true } };
  }

  async drain(deadlineMs: number): Promise<void> {
    this.stop.abort();
    await Promise.all(this.all.map(({ consumer }) => consumer.drain(deadlineMs)));
  }
}

async function claim(
  queue: QueueName,
  settings: ConsumerSettings,
  {
    client,
    directory,
    ...kept
  }: { client: SQSClient; directory: QueueDirectory; ledger: FailureLedger; deadLetters: DeadLetters },
): Promise<ClaimedQueue> {
  const [url, deadLetterUrl] = await Promise.all([directory.url(queue), directory.deadLetterUrl(queue)]);
  const visibilitySeconds = settings.visibilitySeconds ?? queues[queue].visibilitySeconds;
  const { failuresBeforeDeadLetter } = queues[queue];
  const keeper = new VisibilityKeeper(client, url, visibilitySeconds);
  const acknowledger = new Acknowledger(client, url);
  const site = { name: directory.names[queue].name, url, deadLetterUrl };
  const policy = { ...defaultRetry, ...settings.retry, failuresBeforeDeadLetter };
  const fate = new MessageFate(client, site, policy, { keeper, acknowledger, ...kept });
  const { concurrency = defaultConcurrency } = settings;
  const consumer = new QueueConsumer({
    queue,
    concurrency: typeof concurrency === 'number' ? concurrency : (concurrency[queue] ?? defaultConcurrency),
    visibilitySeconds,
    keeper,
    acknowledger,
    fate,
  });
  return { queue, url, visibilitySeconds, consumer, pause: new PollPause() };
}
