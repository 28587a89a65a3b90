import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { OutgoingMessage } from './message';

/** What of a message outlives the process. */
export interface KeptMessage extends OutgoingMessage {
  readonly id: string;
  readonly sentAt: number;
  readonly deadLetterSourceArn?: string | undefined;
}

interface Row {
  readonly sequence: number;
  readonly available_at: number;
  readonly json: string;
}

/**
 * Messages on disk from being sent until they are deleted. Who holds one, and until when, is not kept: to a process that was
 * killed all are visible again, which standard queues allow.
 */
export class MessageStore {
  private readonly insert: StatementSync;
  private readonly remove: StatementSync;
  private readonly removeAll: StatementSync;
  private readonly select: StatementSync;

  constructor(database: DatabaseSync) {
    database.exec(
      `CREATE TABLE IF NOT EXISTS sqs_messages
         (sequence INTEGER PRIMARY KEY, queue TEXT NOT NULL, available_at INTEGER NOT NULL, json TEXT NOT NULL)`,
    );
    this.insert = database.prepare('INSERT INTO sqs_messages (queue, available_at, json) VALUES (?, ?, ?)');
    this.remove = database.prepare('DELETE FROM sqs_messages WHERE sequence = ?');
    this.removeAll = database.prepare('DELETE FROM sqs_messages WHERE queue = ?');
    this.select = database.prepare(
      'SELECT sequence, available_at, json FROM sqs_messages WHERE queue = ? ORDER BY sequence',
    );
  }

  /** The number under which it is kept. */
  put(queue: string, message: KeptMessage, availableAt: number): number {
    return Number(this.insert.run(queue, Math.round(availableAt), JSON.stringify(message)).lastInsertRowid);
  }

  delete(sequence: number): void {
    this.remove.run(sequence);
  }

  deleteAll(queue: string): void {
    this.removeAll.run(queue);
  }

  /** In the order in which they were put. */
  *load(queue: string): Generator<{ sequence: number; availableAt: number; message: KeptMessage }> {
    for (const { sequence, available_at: availableAt, json } of this.select.all(queue) as unknown as Row[])
      yield { sequence, availableAt, message: JSON.parse(json) as KeptMessage };
  }
}
