import { Injectable } from '@nestjs/common';
import { decodeCursor, encodeCursor } from '@stocktool/aws-dynamodb';
import { QueueInspector } from '@stocktool/aws-sqs';
import type { Page, PageQuery, QueueRow } from '@stocktool/contracts';

/** The few queues there are, in pages like every list. */
@Injectable()
export class ListQueues {
  constructor(private readonly queues: QueueInspector) {}

  async run({ limit, cursor }: PageQuery): Promise<Page<QueueRow>> {
    const rows = await this.queues.queues();
    const isAfter = (key: Readonly<Record<string, string>>) => rows.some(({ name }) => name === key['queue']);
    const after = cursor === undefined ? undefined : decodeCursor(cursor, isAfter, ['queue'])['queue'];
    const start = rows.findIndex(({ name }) => name === after) + 1;
    const items = rows.slice(start, start + limit);
    const last = items.at(-1);
    return { items, nextCursor: last && start + limit < rows.length ? encodeCursor({ queue: last.name }) : null };
  }
}
