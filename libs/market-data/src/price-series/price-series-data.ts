import type { Dynamo } from '@stocktool/aws-dynamodb';
import type { ObjectStore } from '@stocktool/aws-s3';
import type { PersonalData } from '@stocktool/contracts';
import { topology } from '@stocktool/topology';
import { dailyRows } from '../daily-series';
import { seriesPrefixOf, type PriceSeriesStore } from './price-series-store';

const table = topology.tables.portfolios;
const pageSize = 100;

/** A user's private price series; the rest of the partition, whatever it comes to hold, is erased with them. */
export class PriceSeriesData implements PersonalData {
  readonly tables = [table.name];

  constructor(
    private readonly series: PriceSeriesStore,
    private readonly dynamo: Dynamo,
    private readonly objects: ObjectStore,
    private readonly places: { readonly table: string; readonly bucket: string } = {
      table: table.name,
      bucket: topology.buckets.reports.name,
    },
  ) {}

  export(userId: string) {
    return { priceSeries: this.all(userId) };
  }

  /** Also objects that a crash left behind. */
  async erase(userId: string): Promise<void> {
    await this.dynamo.deletePartition({ ...table, name: this.places.table }, userId);
    await this.objects.deleteUnder(this.places.bucket, seriesPrefixOf(userId));
  }

  /** One series in memory at a time. */
  private async *all(userId: string) {
    let cursor: string | undefined;
    do {
      const { items, nextCursor } = await this.series.list(userId, pageSize, cursor);
      for (const { symbol } of items) {
        const series = await this.series.load(userId, symbol.slice(1));
        if (series) yield { symbol, currency: series.currency, rows: dailyRows(series, {}, false) };
      }
      cursor = nextCursor ?? undefined;
    } while (cursor !== undefined);
  }
}
