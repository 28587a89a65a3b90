import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { Message } from '@aws-sdk/client-sqs';
import { parseJson, type QueueBody, type QueueName, queues } from '@stocktool/contracts';
import { RequestContext } from '@stocktool/observability';
import { ZodError } from 'zod';
import type { Acknowledger } from './acknowledger';
import { type InFlight, ShuttingDown, takeOff } from './in-flight';
import { type MessageFate, UnreadableBody } from './message-fate';
import type { QueueHandler } from './queue-handler';
import type { VisibilityKeeper } from './visibility-keeper';

export interface ConsumerParts<Name extends QueueName> {
  readonly queue: Name;
  readonly concurrency: number;
  readonly visibilitySeconds: number;
  readonly keeper: VisibilityKeeper;
  readonly acknowledger: Acknowledger;
  readonly fate: MessageFate;
  /** Receive only while this one's receives are full. */
  readonly after?: QueueConsumer;
}

/** Delete calls under way beyond which no further messages are fetched. */
const acknowledgerBacklog = 8;
export const messagesPerReceive = 10;
const lastWordMs = 1000;

/**
 * A bounded pool that works off what the poller brings, each message on its own: a slow one delays no other. The poller asks
 * `ready` before each receive and fetches no more than `freeSlots`, so no message waits here with its visibility running.
 */
export class QueueConsumer<Name extends QueueName = QueueName> {
  private readonly running = new Map<InFlight, Promise<void>>();
  private handler: QueueHandler<Name> | undefined;
  private readonly opened = Promise.withResolvers<void>();
  private freed = Promise.withResolvers<void>();
  private filled = Promise.withResolvers<void>();
  private full = false;
  private stopping = false;

  constructor(private readonly parts: ConsumerParts<Name>) {}

  /** Polling begins here, when the application is up, and not when the library starts. */
  open(handler: QueueHandler<Name>): void {
    this.handler = handler;
    this.opened.resolve();
  }

  get freeSlots(): number {
    return Math.min(messagesPerReceive, this.parts.concurrency - this.running.size);
  }

  /**
   * Resolves when there is room for another receive, or when the consumer stops. Handlers that are about to end are let end
   * first: a receive of one message costs as much as one of ten.
   */
  async ready(): Promise<void> {
    await this.opened.promise;
    await this.parts.after?.overflow();
    while (!this.stopping && this.parts.acknowledger.backlog >= acknowledgerBacklog)
      await this.parts.acknowledger.relief();
    if (this.freeSlots < messagesPerReceive && this.running.size > 0) await turnOfTheLoop();
    while (!this.stopping && this.freeSlots <= 0) await this.freed.promise;
  }

  /** Resolves while the last receive brought as much as one can, so that there is probably more; and when the consumer stops. */
  private overflow(): Promise<void> {
    return this.full || this.stopping ? Promise.resolve() : this.filled.promise;
  }

  private note(received: number): void {
    this.full = received >= messagesPerReceive;
    if (!this.full) return;
    this.filled.resolve();
    this.filled = Promise.withResolvers<void>();
  }

  /** Starts all messages and returns when there is room again. An empty receive is told, too. */
  async receive(messages: readonly Message[]): Promise<void> {
    this.note(messages.length);
    for (const message of messages) {
      const flight = takeOff(message, this.parts.visibilitySeconds);
      if (this.stopping) flight.controller.abort(new ShuttingDown());
      const work = this.work(flight).finally(() => this.free(flight));
      this.running.set(flight, work);
    }
    await this.ready();
  }

  /**
   * For a poller that has stopped: waits for the handlers, aborts what is left at the deadline and gives those messages back
   * without counting a failure. Never deletes what is not finished.
   */
  async drain(deadlineMs: number): Promise<void> {
    this.stopping = true;
    this.opened.resolve();
    this.freed.resolve();
    this.filled.resolve();
    if (!(await this.settledWithin(deadlineMs))) {
      for (const { controller } of this.running.keys()) controller.abort(new ShuttingDown());
      if (!(await this.settledWithin(lastWordMs))) await this.giveBack();
    }
  }

  private free(flight: InFlight): void {
    this.running.delete(flight);
    this.freed.resolve();
    this.freed = Promise.withResolvers<void>();
  }

  private async work(flight: InFlight): Promise<void> {
    this.parts.keeper.watch(flight);
    try {
      flight.controller.signal.throwIfAborted();
      if (await this.parts.fate.finishMove(flight)) return;
      await this.handle(flight);
    } catch (error) {
      await this.parts.fate.failed(flight, error);
      return;
    }
    await this.parts.fate.done(flight);
  }

  private async handle({ message, messageId, receiveCount, controller }: InFlight): Promise<void> {
    if (!this.handler) throw new ShuttingDown('no handler yet');
    const { handler } = this;
    const body = readBody(this.parts.queue, message);
    const requestId = message.MessageAttributes?.requestId?.StringValue;
    const traceparent = message.MessageAttributes?.traceparent?.StringValue;
    const scope = { requestId: requestId ?? messageId, ...(traceparent !== undefined && { traceparent }) };
    const context = { signal: controller.signal, messageId, receiveCount, requestId };
    await RequestContext.run(scope, () => handler.handle(body, context));
  }

  private async settledWithin(ms: number): Promise<boolean> {
    const late = Promise.withResolvers<false>();
    const timer = setTimeout(() => late.resolve(false), ms);
    const settled = Promise.all(this.running.values()).then(() => true);
    return Promise.race([settled, late.promise]).finally(() => clearTimeout(timer));
  }

  /** Handlers that ignore their signal: the process is about to end under them. */
  private async giveBack(): Promise<void> {
    await Promise.all([...this.running.keys()].map((flight) => this.parts.fate.failed(flight, new ShuttingDown())));
  }
}

function readBody<Name extends QueueName>(queue: Name, message: Message): QueueBody<Name> {
  try {
    return parseJson(queues[queue].body, message.Body ?? '') as QueueBody<Name>;
  } catch (error) {
    const faults =
      error instanceof ZodError ? error.issues.map(({ path, code }) => `${path.join('.')} (${code})`) : ['not JSON'];
    throw new UnreadableBody(faults.join(', '));
  }
}
