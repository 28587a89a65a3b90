import { Logger } from '@nestjs/common';
import type { Item } from '@stocktool/aws-dynamodb';
import { SubscriptionRow } from './subscription-rows';

/** Where a count goes: `Metrics` of the observability library. */
export interface RowCounter {
  count(name: string, value: number, dimensions: Readonly<Record<string, string>>): void;
}

/**
 * Rows that this version can read. Any other is named (by its id and its faults, never by what is in it) and counted, and
 * stops none of the others: their user waits for them.
 */
export class ReadableRows {
  private readonly logger = new Logger(ReadableRows.name);

  constructor(private readonly metrics: RowCounter | undefined) {}

  of(items: readonly Item[]): SubscriptionRow[] {
    return items.flatMap((item) => {
      const { data, error } = SubscriptionRow.safeParse(item);
      if (data !== undefined) return [data];
      const faults = error.issues.map(({ path, code }) => `${path.join('.')} (${code})`);
      this.logger.error({ itemId: item['itemId'], faults, msg: 'a subscription cannot be read' });
      this.metrics?.count('RowsUnreadable', 1, { Table: 'subscriptions' });
      return [];
    });
  }
}
