import type { SQSClient } from '@aws-sdk/client-sqs';
import { type QueueName, queues } from '@stocktool/contracts';
import type { SqsModule } from '@ssut/nestjs-sqs';
import { Acknowledger } from './acknowledger';
import type { DeadLetters } from './dead-letters';
import type { FailureLedger } from './failure-ledger';
import { MessageFate, type RetryPolicy } from './message-fate';
import { PollPause } from './poll-pause';
import { messagesPerReceive, QueueConsumer } from './queue-consumer';
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

/** One polling loop of a queue, with handlers' room of its own. */
export interface Lane {
  readonly name: string;
  readonly queue: QueueName;
  readonly url: string;
  readonly visibilitySeconds: number;
  readonly consumer: QueueConsumer;
  readonly pause: PollPause;
}

const defaultConcurrency = 10;
/** Of ten messages each, as many as one receive brings. */
const mostLanes = 3;
const defaultRetry = { firstDelaySeconds: 2, longestDelaySeconds: 300, longestOutageDelaySeconds: 900 };

const concurrencyOf = (queue: QueueName, { concurrency = defaultConcurrency }: ConsumerSettings): number =>
  typeof concurrency === 'number' ? concurrency : (concurrency[queue] ?? defaultConcurrency);

/**
 * A loop receives, at most ten messages at a time, then receives again: its rate is bounded by the time of a call. A queue whose
 * handlers have room for twenty messages gets a second loop, which sleeps while the first one's receives are not full.
 */
export function lanesOf(queue: QueueName, settings: ConsumerSettings): string[] {
  const count = Math.min(mostLanes, Math.max(1, Math.floor(concurrencyOf(queue, settings) / messagesPerReceive)));
  return Array.from({ length: count }, (_, index) => (index === 0 ? queue : `${queue}-${index + 1}`));
}

/** The consumers of the queues that this application claims, and the options by which the library polls for them. */
export class QueueConsumers {
  private readonly stop = new AbortController();

  constructor(
    private readonly claimed: readonly ClaimedQueue[],
    private readonly settings: ConsumerSettings,
  ) {}

  static async of(
    names: readonly QueueName[],
    settings: ConsumerSettings,
    parts: { client: SQSClient; directory: QueueDirectory; ledger: FailureLedger; deadLetters: DeadLetters },
  ): Promise<QueueConsumers> {
    const claimed = await Promise.all(names.map((queue) => claim(queue, settings, parts)));
    return new QueueConsumers(claimed, settings);
  }

  get stopping(): boolean {
    return this.stop.signal.aborted;
  }

  get lanes(): readonly Lane[] {
    return this.claimed.flatMap(({ lanes }) => lanes);
  }

  lane(name: string): Lane {
    const lane = this.lanes.find((each) => each.name === name);
    if (!lane) throw new Error(`Nothing is claimed by the name of ${name}`);
    return lane;
  }

  /** `receiver` is a client of its own, so that parked long polls take no connection from anybody. */
  libraryOptions(receiver: SQSClient): Parameters<typeof SqsModule.register>[0] {
    const consumers = this.lanes.map(({ name, url, visibilitySeconds, consumer, pause }) => ({
      name,
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

  /** Waits for the handlers, then for the deletes of what they finished; the heartbeats go on until then. */
  async drain(deadlineMs: number): Promise<void> {
    this.stop.abort();
    await Promise.all(
      this.claimed.map(async ({ lanes, acknowledger, keeper }) => {
        await Promise.all(lanes.map(({ consumer }) => consumer.drain(deadlineMs)));
        await acknowledger.flush();
        keeper.stop();
      }),
    );
  }
}

interface ClaimedQueue {
  readonly lanes: readonly Lane[];
  readonly keeper: VisibilityKeeper;
  readonly acknowledger: Acknowledger;
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
  const names = lanesOf(queue, settings);
  const concurrency = Math.ceil(concurrencyOf(queue, settings) / names.length);
  const lanes: Lane[] = [];
  for (const name of names) {
    const after = lanes.at(-1)?.consumer;
    const parts = { queue, concurrency, visibilitySeconds, keeper, acknowledger, fate, ...(after && { after }) };
    lanes.push({ name, queue, url, visibilitySeconds, consumer: new QueueConsumer(parts), pause: new PollPause() });
  }
  return { lanes, keeper, acknowledger };
}
