import { nameOfArn } from '../account';
import { AwsError } from '../aws-error';
import { LongPolls } from './long-poll';
import type { Message, OutgoingMessage } from './message';
import { Queue } from './queue';
import { checkAttributes, defaultAttributes } from './queue-attributes';

const mostQueues = 1000;
const queueName = /^[\w-]{1,80}$/;

interface Entry {
  readonly queue: Queue;
  readonly polls: LongPolls;
}

/** All queues of the account; topics, buckets and redrives send through it by ARN. */
export class Queues {
  private readonly entries = new Map<string, Entry>();

  create(name: string, attributes: Record<string, string>, tags: Record<string, string>): Queue {
    if (name.endsWith('.fifo'))
      throw new AwsError('UnsupportedOperation', 'FIFO queues are not emulated', { status: 501 });
    if (!queueName.test(name)) {
      throw new AwsError(
        'InvalidParameterValue',
        'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
      );
    }
    checkAttributes(attributes);
    const existing = this.entries.get(name)?.queue;
    if (existing) {
      const present: Record<string, string> = { ...defaultAttributes, ...existing.attributes };
      const differs = Object.entries(attributes).some(([key, value]) => present[key] !== value);
      if (!differs) return existing;
      const message = 'A queue already exists with the same name and a different value for attribute(s)';
      throw new AwsError('QueueNameExists', message, { queryCode: 'QueueAlreadyExists' });
    }
    if (this.entries.size >= mostQueues) throw new AwsError('OverLimit', 'Too many queues');
    const queue = new Queue(name, (target, message, source) => this.deadLetter(target, message, source));
    queue.attributes = { ...attributes };
    queue.tags = { ...tags };
    this.entries.set(name, { queue, polls: new LongPolls(queue) });
    return queue;
  }

  /** By name or by queue URL: only the last part of a URL counts. */
  get(nameOrUrl: string): Queue {
    return this.entry(nameOrUrl).queue;
  }

  polls(nameOrUrl: string): LongPolls {
    return this.entry(nameOrUrl).polls;
  }

  byArn(arn: string): Queue | undefined {
    return this.entries.get(nameOfArn(arn))?.queue;
  }

  list(): Queue[] {
    return [...this.entries.values()].map(({ queue }) => queue);
  }

  delete(nameOrUrl: string): void {
    const { queue, polls } = this.entry(nameOrUrl);
    this.entries.delete(queue.name);
    polls.release();
  }

  send(queue: Queue, message: OutgoingMessage): Message {
    const sent = queue.send(message);
    this.wake(queue);
    return sent;
  }

  /** For topics and buckets; false when there is no such queue. */
  deliver(arn: string, message: OutgoingMessage): boolean {
    const queue = this.byArn(arn);
    if (!queue) return false;
    this.send(queue, message);
    return true;
  }

  wake(queue: Queue): void {
    this.entries.get(queue.name)?.polls.wake();
  }

  stop(): void {
    for (const { polls } of this.entries.values()) polls.release();
  }

  private deadLetter(targetArn: string, message: Message, sourceArn: string): boolean {
    const target = this.byArn(targetArn);
    if (!target) return false;
    target.adopt(message, sourceArn);
    this.wake(target);
    return true;
  }

  private entry(nameOrUrl: string): Entry {
    const entry = this.entries.get(nameOrUrl.slice(nameOrUrl.lastIndexOf('/') + 1));
    if (entry) return entry;
    throw new AwsError('com.amazonaws.sqs#QueueDoesNotExist', 'The specified queue does not exist.', {
      queryCode: 'AWS.SimpleQueueService.NonExistentQueue',
    });
  }
}
