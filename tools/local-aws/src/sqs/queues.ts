import type { DatabaseSync } from 'node:sqlite';
import { nameOfArn } from '../account';
import { AwsError } from '../aws-error';
import { Documents } from '../state/documents';
import { LongPolls } from './long-poll';
import type { Message, OutgoingMessage } from './message';
import { MessageStore } from './message-store';
import { type DeadLetter, Queue } from './queue';
import { checkAttributes, defaultAttributes } from './queue-attributes';

const mostQueues = 1000;
const queueName = /^[\w-]{1,80}$/;

interface Entry {
  readonly queue: Queue;
  readonly polls: LongPolls;
}

type KeptQueue = Pick<Queue, 'attributes' | 'tags' | 'createdAt' | 'lastModifiedAt'>;

/** All queues of the account; topics, buckets and redrives send through it by ARN. They and their messages outlive the process. */
export class Queues {
  private readonly entries = new Map<string, Entry>();
  private readonly documents: Documents<KeptQueue>;
  private readonly store: MessageStore;

  constructor(database: DatabaseSync) {
    this.documents = new Documents<KeptQueue>(database, 'queue');
    this.store = new MessageStore(database);
    for (const [name, kept] of this.documents.load()) {
      const queue = this.enter(name);
      Object.assign(queue, kept);
      queue.restore();
    }
  }

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
    const now = Date.now();
    const kept: KeptQueue = { attributes: { ...attributes }, tags: { ...tags }, createdAt: now, lastModifiedAt: now };
    this.documents.put(name, kept);
    return Object.assign(this.enter(name), kept);
  }

  /** Changes what is kept of a queue. */
  change(queue: Queue, changes: Partial<Pick<KeptQueue, 'attributes' | 'tags' | 'lastModifiedAt'>>): void {
    const { attributes, tags, createdAt, lastModifiedAt } = queue;
    this.documents.put(queue.name, { attributes, tags, createdAt, lastModifiedAt, ...changes });
    Object.assign(queue, changes);
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
    this.documents.delete(queue.name);
    queue.purge();
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

  private enter(name: string): Queue {
    const deadLetter: DeadLetter = (target, message, source) => this.deadLetter(target, message, source);
    const queue = new Queue(name, deadLetter, this.store);
    this.entries.set(name, { queue, polls: new LongPolls(queue) });
    return queue;
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
