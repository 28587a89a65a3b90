import { ConditionFailed, type Dynamo } from '@stocktool/aws-dynamodb';
import { type Alert, AlertCondition, Clock, Ticker } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { z } from 'zod';
import { ownedRow, OwnedRows } from './owned-rows';
import { watchKeysOf } from './watch-keys';

export const AlertRow = z.object({
  ...ownedRow,
  symbol: Ticker,
  above: z.number().optional(),
  below: z.number().optional(),
  changePercent: z.number().optional(),
  /** The conditions that held at the last quote. */
  holds: z.array(AlertCondition).default([]),
  /** Of the last quote that was looked at: an older one says nothing. */
  quotedAt: z.string().optional(),
  lastFiredAt: z.string().optional(),
  /** JSON text of the event that is not known to be published yet. */
  event: z.string().optional(),
});
export type AlertRow = z.infer<typeof AlertRow>;

const alertPrefix = 'alert#';
/** In the index, alerts of one symbol stand together. */
export const alertSortOf = (symbol: string): string => `${symbol}#`;

export class AlertTable extends OwnedRows<AlertRow> {
  constructor(dynamo: Dynamo, clock: Clock, tableName: string = topology.tables.portfolios.name) {
    super(dynamo, clock, tableName, {
      prefix: alertPrefix,
      schema: AlertRow,
      mostPerUser: 200,
      notFound: 'alert-not-found',
      nouns: ['alert', 'alerts'],
      watchKeys: (row) => watchKeysOf('alert', row, alertSortOf(row.symbol)),
    });
  }

  /** What a quote showed, and the event of it. Where somebody has changed the row meanwhile it is as it is now; undefined when it is gone. */
  evaluated(
    row: AlertRow,
    { holds, quotedAt, event, lastFiredAt }: Pick<AlertRow, 'holds' | 'quotedAt' | 'event' | 'lastFiredAt'>,
  ): Promise<AlertRow | undefined> {
    const news = event === undefined ? '' : ', event = :event, lastFiredAt = :firedAt';
    return this.step(row, `SET holds = :holds, quotedAt = :quotedAt, version = version + :one${news}`, {
      ':holds': holds,
      ':quotedAt': quotedAt,
      ...(event !== undefined && { ':event': event, ':firedAt': lastFiredAt }),
    });
  }

  /** After its event has been published. As in `evaluated`. */
  published(row: AlertRow): Promise<AlertRow | undefined> {
    return this.step(row, 'SET version = version + :one REMOVE event', {});
  }

  private async step(row: AlertRow, update: string, values: Record<string, unknown>): Promise<AlertRow | undefined> {
    try {
      const item = await this.dynamo.update({
        ...this.at(row.userId, row.id),
        UpdateExpression: update,
        ConditionExpression: 'version = :seen',
        ExpressionAttributeValues: { ':seen': row.version, ':one': 1, ...values },
        ReturnValues: 'ALL_NEW',
      });
      return AlertRow.parse(item);
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
      return error.item && AlertRow.parse(error.item);
    }
  }
}

export const shownAlert = (row: AlertRow): Alert => ({
  id: row.id,
  symbol: row.symbol,
  ...(row.above !== undefined && { above: row.above }),
  ...(row.below !== undefined && { below: row.below }),
  ...(row.changePercent !== undefined && { changePercent: row.changePercent }),
  holds: row.holds,
  lastFiredAt: row.lastFiredAt ?? null,
  revision: row.revision,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
});
