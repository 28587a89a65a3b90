import { randomBytes, randomUUID } from 'node:crypto';
import { arn } from '../account';
import { AwsError } from '../aws-error';
import { DueHeap } from '../due-heap';
import { FairBacklog } from './fair-backlog';
import { checkMessage, md5OfAttributes, md5OfBody, type Message, type OutgoingMessage } from './message';
import type { KeptMessage, MessageStore } from './message-store';
import { defaultAttributes, redriveOf, type Redrive } from './queue-attributes';

const mostInFlight = 120_000;

export interface Received {
  readonly message: Message;
  readonly receiptHandle: string;
}

/** How a queue hands a message over to its dead-letter queue; false when that does not exist (yet). */
export type DeadLetter = (targetArn: string, message: Message, sourceArn: string) => boolean;

type Adopted = OutgoingMessage & { readonly deadLetterSourceArn?: string | undefined };

interface Timed {
  readonly message: Message;
  readonly version: number;
}

/**
 * One standard queue in memory, its messages written through to the store. State is advanced to the present whenever it is looked
 * at; no timer runs while nobody waits.
 */
export class Queue {
  readonly arn: string;
  createdAt = Date.now();
  lastModifiedAt = this.createdAt;
  attributes: Record<string, string> = {};
  tags: Record<string, string> = {};
  purgedAt = 0;

  /** All messages in the order in which they were sent. */
  private readonly messages = new Map<string, Message>();
  private readonly backlog = new FairBacklog();
  private readonly delayed = new DueHeap<Timed>();
  private readonly inFlight = new DueHeap<Timed>();
  private readonly identity = randomBytes(6).toString('base64url');
  private delayedCount = 0;
  private inFlightCount = 0;

  constructor(
    readonly name: string,
    private readonly deadLetter: DeadLetter,
    private readonly store: MessageStore,
  ) {
    this.arn = arn('sqs', name);
  }

  /** Takes up what a process before this one kept. */
  restore(): void {
    for (const { sequence, availableAt, message } of this.store.load(this.name))
      this.take(message, availableAt, sequence);
  }

  setting(name: keyof typeof defaultAttributes): number {
    return Number(this.attributes[name] ?? defaultAttributes[name]);
  }

  get redrive(): Redrive | undefined {
    return redriveOf(this.attributes.RedrivePolicy);
  }

  get counts() {
    this.advance();
    return { visible: this.backlog.size, inFlight: this.inFlightCount, delayed: this.delayedCount };
  }

  get oldestSentAt(): number | undefined {
    this.advance();
    return this.messages.values().next().value?.sentAt;
  }

  /** When something becomes receivable next, for those who wait. */
  get nextChangeAt(): number | undefined {
    const [delayed, inFlight] = [this.delayed.nextDueAt, this.inFlight.nextDueAt];
    return delayed === undefined || (inFlight !== undefined && inFlight < delayed) ? inFlight : delayed;
  }

  send(outgoing: OutgoingMessage): Message {
    checkMessage(outgoing, this.setting('MaximumMessageSize'));
    const now = Date.now();
    return this.enter(outgoing, now, now + (outgoing.delaySeconds ?? this.setting('DelaySeconds')) * 1000);
  }

  /** Takes over a message from another queue: it keeps its id and the time it was sent. */
  adopt(message: Message, sourceArn?: string): Message {
    return this.enter({ ...message, deadLetterSourceArn: sourceArn }, message.sentAt, 0, message.id);
  }

  receive(most: number, visibilitySeconds = this.setting('VisibilityTimeout')): Received[] {
    const now = Date.now();
    this.advance(now);
    const { redrive } = this;
    const received: Received[] = [];
    while (received.length < most) {
      if (this.inFlightCount >= mostInFlight) {
        if (received.length > 0) break;
        throw new AwsError('OverLimit', 'Too many messages in flight');
      }
      const message = this.backlog.take();
      if (!message) break;
      if (
        redrive &&
        message.receiveCount >= redrive.maxReceiveCount &&
        this.deadLetter(redrive.targetArn, message, this.arn)
      ) {
        this.backlog.landed(message);
        this.forget(message);
        continue;
      }
      message.state = 'in-flight';
      message.receiveCount++;
      message.receipt++;
      message.firstReceivedAt ??= now;
      this.inFlightCount++;
      this.hold(message, now + visibilitySeconds * 1000);
      received.push({ message, receiptHandle: this.handleOf(message) });
    }
    return received;
  }

  /** As AWS: a handle that a later receive replaced is accepted and deletes nothing; one that this queue never gave is an error. */
  delete(receiptHandle: string): void {
    this.advance();
    const { message, latest } = this.resolve(receiptHandle);
    if (!message || !latest) return;
    const inFlight = message.state === 'in-flight';
    this.forget(message);
    if (inFlight) this.land(message);
    else this.backlog.remove(message);
  }

  changeVisibility(receiptHandle: string, seconds: number): void {
    this.advance();
    const { message, latest } = this.resolve(receiptHandle);
    if (!message || !latest || message.state !== 'in-flight') {
      const reason = 'Message does not exist or is not available for visibility timeout change.';
      throw new AwsError(
        'InvalidParameterValue',
        `Value ${receiptHandle} for parameter ReceiptHandle is invalid. Reason: ${reason}`,
      );
    }
    if (seconds > 0) this.hold(message, Date.now() + seconds * 1000);
    else this.giveBack(message);
  }

  /** Undoes a receive whose answer never reached the caller. */
  returnUndelivered({ message, receiptHandle }: Received): void {
    if (message.state !== 'in-flight' || this.handleOf(message) !== receiptHandle) return;
    message.receiveCount--;
    this.giveBack(message);
  }

  purge(): void {
    this.store.deleteAll(this.name);
    this.messages.clear();
    this.backlog.clear();
    this.delayed.clear();
    this.inFlight.clear();
    this.delayedCount = this.inFlightCount = 0;
    this.purgedAt = Date.now();
  }

  /** Takes the next ready message out for good, for a move task. */
  extract(): Message | undefined {
    this.advance();
    const message = this.backlog.take();
    if (!message) return undefined;
    this.backlog.landed(message);
    this.forget(message);
    return message;
  }

  advance(now = Date.now()): void {
    for (let due = this.delayed.popDue(now); due; due = this.delayed.popDue(now)) {
      if (due.message.version !== due.version) continue;
      this.delayedCount--;
      due.message.state = 'ready';
      this.backlog.add(due.message);
    }
    for (let due = this.inFlight.popDue(now); due; due = this.inFlight.popDue(now)) {
      if (due.message.version === due.version) this.giveBack(due.message);
    }
    const expiredBefore = now - this.setting('MessageRetentionPeriod') * 1000;
    for (const message of this.messages.values()) {
      if (message.sentAt > expiredBefore) break;
      if (message.state === 'in-flight') this.land(message);
      else if (message.state === 'delayed') this.delayedCount--;
      else this.backlog.remove(message);
      this.forget(message);
    }
  }

  /** On disk first: what cannot be kept is not taken. */
  private enter(outgoing: Adopted, sentAt: number, availableAt: number, id: string = randomUUID()): Message {
    const { body, attributes, groupId, traceHeader, deadLetterSourceArn } = outgoing;
    const kept: KeptMessage = { id, sentAt, body, attributes, groupId, traceHeader, deadLetterSourceArn };
    return this.take(kept, availableAt, this.store.put(this.name, kept, availableAt));
  }

  private take(kept: KeptMessage, availableAt: number, sequence: number): Message {
    const message: Message = {
      ...kept,
      sequence,
      bodyMd5: md5OfBody(kept.body),
      attributesMd5: md5OfAttributes(kept.attributes),
      state: 'ready',
      version: 0,
      receiveCount: 0,
      receipt: 0,
      firstReceivedAt: undefined,
    };
    this.messages.set(kept.id, message);
    if (availableAt > Date.now()) {
      message.state = 'delayed';
      this.delayedCount++;
      this.delayed.push(availableAt, { message, version: message.version });
    } else {
      this.backlog.add(message);
    }
    return message;
  }

  private hold(message: Message, visibleAt: number): void {
    this.inFlight.push(visibleAt, { message, version: ++message.version });
  }

  private giveBack(message: Message): void {
    this.land(message);
    message.state = 'ready';
    this.backlog.giveBack(message);
  }

  private land(message: Message): void {
    message.version++;
    this.inFlightCount--;
    this.backlog.landed(message);
  }

  private forget(message: Message): void {
    this.store.delete(message.sequence);
    message.state = 'gone';
    message.version++;
    this.messages.delete(message.id);
  }

  private handleOf({ id, receipt }: Message): string {
    return Buffer.from(`${this.identity} ${id} ${receipt}`).toString('base64url');
  }

  private resolve(receiptHandle: string): { message: Message | undefined; latest: boolean } {
    const [identity, id = '', receipt] = Buffer.from(receiptHandle, 'base64url').toString().split(' ');
    if (identity !== this.identity || !receipt) {
      throw new AwsError(
        'ReceiptHandleIsInvalid',
        `The input receipt handle "${receiptHandle}" is not a valid receipt handle.`,
      );
    }
    const message = this.messages.get(id);
    return { message, latest: message?.receipt === Number(receipt) };
  }
}
