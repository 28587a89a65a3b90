import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { CloudWatch } from '@stocktool/aws-cloudwatch';
import { asProblem } from '@stocktool/aws-client';
import {
  type Clock,
  type DeadLetter,
  type Page,
  type PageQuery,
  Problem,
  type QueueName,
  type QueueRow,
  systemClock,
} from '@stocktool/contracts';
import type { DeadLetters } from './dead-letters';
import type { QueueDirectory } from './queue-directory';

const attributes = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const;
const agePeriodSeconds = 60;
const ageWindowMs = 5 * 60_000;

/** The depths of all queues of the catalogue, for people and for the collector. SQS's numbers are approximate. */
export class QueueInspector {
  constructor(
    private readonly client: SQSClient,
    private readonly directory: QueueDirectory,
    private readonly deadLetterRecords: DeadLetters,
    private readonly cloudWatch?: CloudWatch,
    private readonly clock: Clock = systemClock,
  ) {}

  /** `oldestSeconds` is CloudWatch's, so it lags by minutes; null when CloudWatch has none or is not used here. */
  async queues(): Promise<QueueRow[]> {
    const ids = Object.keys(this.directory.names) as QueueName[];
    const ages = this.oldestSeconds(ids);
    return Promise.all(ids.map(async (id) => this.row(id, (await ages).get(id) ?? null)));
  }

  /** One queue, by its id, its name or the name of its dead-letter queue. */
  async queue(queue: string): Promise<QueueRow> {
    const id = this.idOf(queue);
    return this.row(id, (await this.oldestSeconds([id])).get(id) ?? null);
  }

  /** Why messages of a queue were given up, newest first. Throws Problem `queue-not-found`. */
  async deadLetters(queue: string, limit: number, cursor?: string): Promise<Page<DeadLetter>> {
    const query: PageQuery = { limit, ...(cursor !== undefined && { cursor }) };
    return this.deadLetterRecords.list(this.directory.names[this.idOf(queue)].name, query);
  }

  /** The id of a queue given by its id, its name or the name of its dead-letter queue. */
  idOf(queue: string): QueueName {
    const rows = Object.entries(this.directory.names) as [QueueName, { name: string; deadLetterName: string }][];
    const found = rows.find(([id, row]) => id === queue || row.name === queue || row.deadLetterName === queue);
    if (!found) throw new Problem('queue-not-found', `There is no queue ${queue}.`);
    return found[0];
  }

  private async row(id: QueueName, oldestSeconds: number | null): Promise<QueueRow> {
    const { name, deadLetterName } = this.directory.names[id];
    const [own, dead, records] = await Promise.all([
      this.directory.url(id).then((url) => this.depth(url)),
      this.directory.deadLetterUrl(id).then((url) => this.depth(url)),
      this.deadLetterRecords.list(name, { limit: 1 }),
    ]);
    const lastReason = records.items[0]?.reason ?? null;
    return { name, ...own, oldestSeconds, dlq: { name: deadLetterName, visible: dead.visible, lastReason } };
  }

  private async depth(url: string): Promise<{ visible: number; inFlight: number; delayed: number }> {
    const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...attributes] });
    const answer = this.directory.calls((options) => this.client.send(command, options));
    const { Attributes = {} } = await answer.catch((error: unknown) => {
      throw asProblem(error, 'The queue');
    });
    const [visible, inFlight, delayed] = attributes.map((name) => Number(Attributes[name] ?? 0));
    return { visible: visible ?? 0, inFlight: inFlight ?? 0, delayed: delayed ?? 0 };
  }

  private async oldestSeconds(ids: readonly QueueName[]): Promise<Map<QueueName, number>> {
    if (!this.cloudWatch) return new Map();
    const to = this.clock.now();
    const from = new Date(to.getTime() - ageWindowMs);
    const queries = ids.map((id) => ({
      id,
      namespace: 'AWS/SQS',
      metric: 'ApproximateAgeOfOldestMessage',
      dimensions: { QueueName: this.directory.names[id].name },
      statistic: 'Maximum',
      periodSeconds: agePeriodSeconds,
    }));
    const found = await this.cloudWatch.getMetrics(queries, from, to);
    return new Map(ids.flatMap((id) => (found[id]?.values.slice(-1) ?? []).map((value) => [id, value] as const)));
  }
}
