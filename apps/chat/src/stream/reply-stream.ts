import { type ChatEvent, Problem, type RpcEvent } from '@stocktool/contracts';
import type { StreamTable } from './stream.table';

const flushMs = 250;
const flushCharacters = 64_000;
/** Far below the 400 kB of an item, also when every character takes three bytes. */
const partCharacters = 100_000;
const batchSize = 256;
const defaultWindow = 4096;

export interface ReplyStreamOptions {
  readonly messageId: string;
  readonly userId: string;
  readonly table: StreamTable;
  /** Persisted events beyond this many are dropped from memory; a reader that far behind reads the table. */
  readonly windowEvents?: number;
  /** Who has opened the head in the table already. */
  readonly isOpen?: boolean;
  /** The table did not take the events: the reply cannot be resumed any more and must end. */
  readonly onLost: (error: unknown) => void;
}

/**
 * The events of one running reply: numbered from 1 without a gap, handed to the readers of this process at once and to the
 * table in batches. Readers are cursors on one window, so a slow reader costs no memory.
 */
export class ReplyStream {
  readonly messageId: string;
  readonly userId: string;
  /** Settled when the head is in the table: before that no other process could find this reply. */
  readonly opened: Promise<void>;
  private window: RpcEvent[] = [];
  private firstKept = 1;
  private lastSequence = 0;
  private persisted = 0;
  private unwrittenCharacters = 0;
  private ended = false;
  private closed = false;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  private lost: unknown;
  private wake = Promise.withResolvers<void>();

  constructor(private readonly options: ReplyStreamOptions) {
    this.messageId = options.messageId;
    this.userId = options.userId;
    this.opened = options.isOpen ? Promise.resolve() : this.open();
    this.opened.catch(() => undefined); // whoever starts the reply awaits it and answers with the error
  }

  private async open(): Promise<void> {
    if (!(await this.options.table.open(this.userId, this.messageId)))
      throw new Error('a reply of this id was begun before');
  }

  publish(event: ChatEvent): void {
    if (this.ended) throw new Error('the reply has ended');
    this.closed = event.event === 'done' || event.event === 'problem';
    const json = JSON.stringify(event);
    this.window.push({ sequence: ++this.lastSequence, json });
    this.unwrittenCharacters += json.length;
    this.wakeReaders();
    if (this.unwrittenCharacters >= flushCharacters) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), flushMs);
  }

  /** Its readers have heard the last event, though the store may not have it yet. */
  get isOver(): boolean {
    return this.closed || this.ended;
  }

  /** Writes what is left, then marks the end. Readers of this process see the end at once. */
  async end(): Promise<void> {
    this.ended = true;
    this.wakeReaders();
    this.flush();
    await this.writing;
    if (this.lost === undefined) await this.options.table.finish(this.messageId, this.lastSequence);
  }

  /** Events after a sequence, in batches, until the reply has ended or the signal is aborted. */
  async *read(after: number, signal: AbortSignal): AsyncGenerator<readonly RpcEvent[]> {
    let cursor = after;
    const stopped = aborted(signal);
    while (!signal.aborted) {
      const wake = this.wake.promise;
      if (cursor + 1 < this.firstKept) {
        for await (const batch of this.fromTable(cursor)) {
          yield batch;
          cursor = batch.at(-1)?.sequence ?? cursor;
        }
        continue;
      }
      const batch = this.window.slice(cursor + 1 - this.firstKept, cursor + 1 - this.firstKept + batchSize);
      if (batch.length > 0) {
        yield batch;
        cursor += batch.length;
      } else if (this.ended) return;
      else await Promise.race([wake, stopped]);
    }
  }

  /** What the window no longer holds. */
  private async *fromTable(after: number): AsyncGenerator<readonly RpcEvent[]> {
    let [cursor, part] = [after, 1];
    while (cursor + 1 < this.firstKept) {
      const { events, lastPart } = await this.options.table.events(this.messageId, cursor, part);
      if (events.length === 0) throw new Problem('reply-interrupted', 'Events of this reply are no longer kept.');
      yield events;
      cursor = events.at(-1)?.sequence ?? cursor;
      part = lastPart;
    }
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.unwrittenCharacters = 0;
    this.writing = this.writing.then(() => this.write());
  }

  private async write(): Promise<void> {
    try {
      await this.opened;
      for (let events = this.unwritten(); events.length > 0 && this.lost === undefined; events = this.unwritten()) {
        await this.options.table.append(this.messageId, { firstSequence: this.persisted + 1, events });
        this.persisted += events.length;
        this.trim();
      }
    } catch (error) {
      this.lost = error;
      this.options.onLost(error);
    }
  }

  /** As much as one item takes. */
  private unwritten(): string[] {
    const events: string[] = [];
    let characters = 0;
    for (const { json } of this.window.slice(this.persisted + 1 - this.firstKept)) {
      characters += json.length;
      if (events.length > 0 && characters > partCharacters) break;
      events.push(json);
    }
    return events;
  }

  private trim(): void {
    const surplus = this.window.length - (this.options.windowEvents ?? defaultWindow);
    const droppable = Math.min(surplus, this.persisted + 1 - this.firstKept);
    if (droppable <= 0) return;
    this.window = this.window.slice(droppable);
    this.firstKept += droppable;
  }

  private wakeReaders(): void {
    this.wake.resolve();
    this.wake = Promise.withResolvers<void>();
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
