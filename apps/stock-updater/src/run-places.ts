import type { Dynamo } from '@stocktool/aws-dynamodb';
import type { Clock } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { z } from 'zod';

const Row = z.object({ place: z.string() });
/** No symbol looks like that. */
const symbol = '#stock-updater';
/** Over a weekend with a holiday. Lost, a run begins at the beginning. */
const keptSeconds = 5 * 24 * 60 * 60;

/** Where the last run of each kind stopped, so that the next goes on there: rows beside the quotes. */
export class RunPlaces {
  constructor(
    private readonly dynamo: Dynamo,
    private readonly clock: Clock,
    private readonly tableName: string = topology.tables.stockCache.name,
  ) {}

  async get(run: string): Promise<string | undefined> {
    const item = await this.dynamo.get({ TableName: this.tableName, Key: { symbol, dataType: run } });
    return Row.safeParse(item).data?.place;
  }

  /** undefined: the next run begins at the beginning. */
  async put(run: string, place: string | undefined): Promise<void> {
    const key = { symbol, dataType: run };
    const kept = { ...key, place, ttl: this.clock.epochSeconds() + keptSeconds };
    await this.dynamo.batchWrite(this.tableName, place === undefined ? { delete: [key] } : { put: [kept] });
  }
}
