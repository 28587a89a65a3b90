import type { AnalysisTable } from '@stocktool/analyses';
import type { ObjectFacts, ObjectStore } from '@stocktool/aws-s3';
import { parseJson, type Clock } from '@stocktool/contracts';
import type { PriceSeriesTable } from '@stocktool/market-data';
import type { PortfolioTable } from '@stocktool/portfolios';
import { topology } from '@stocktool/topology';
import { z } from 'zod';
import type { RunPlaces } from './run-places';

export interface CleaningSummary {
  readonly looked: number;
  readonly removed: number;
  readonly failed: number;
  /** There is more to look at: the next run goes on. */
  readonly unfinished?: true;
}

interface Owners {
  readonly series: Pick<PriceSeriesTable, 'pointsAt'>;
  readonly portfolios: Pick<PortfolioTable, 'pointsAt'>;
  readonly analyses: Pick<AnalysisTable, 'pointsAt'>;
}

const placeOfRun = 'orphans';
const Place = z.tuple([z.string(), z.string()]);
/** Who writes an object makes its row right after; a day is long beyond every timeout and retry. */
const youngestMs = 24 * 60 * 60_000;
const mostLooked = 20_000;
const together = 8;
/** Of a user id, a UUIDv7: when it was made. A place names no user. */
const timePart = 13;

/**
 * Removes objects that no row points to: a process that died between the two left them. Looks at a bounded number in each run, in the
 * order of their keys, and goes on with the next run. What is removed can be brought back for as long as the bucket keeps versions.
 */
export class CleanOrphans {
  constructor(
    private readonly objects: ObjectStore,
    private readonly owners: Owners,
    private readonly around: {
      readonly clock: Clock;
      readonly places: RunPlaces;
      readonly report: (error: unknown) => void;
      readonly bucket?: string;
      readonly mostLooked?: number;
    },
  ) {}

  /** Stops when no more than `reservedMs` of the time is left. */
  async run(remainingMs: () => number, reservedMs: number): Promise<CleaningSummary> {
    const { places } = this.around;
    const prefixes = ['results/', 'series/', 'transactions/'];
    const place = await places.get(placeOfRun);
    const [at, after] = place === undefined ? [] : parseJson(Place, place);
    const begin = Math.max(0, prefixes.indexOf(at ?? ''));
    const summary = { looked: 0, removed: 0, failed: 0 };
    for (const prefix of prefixes.slice(begin)) {
      const stoppedAt = await this.under(
        prefix,
        prefix === at ? after : undefined,
        summary,
        () => remainingMs() <= reservedMs,
      );
      if (stoppedAt === undefined) continue;
      await places.put(placeOfRun, JSON.stringify([prefix, stoppedAt]));
      return { ...summary, unfinished: true };
    }
    if (place !== undefined) await places.put(placeOfRun, undefined);
    return summary;
  }

  /** The key to go on behind; undefined: all under the prefix have been looked at. */
  private async under(
    prefix: string,
    after: string | undefined,
    summary: { looked: number; removed: number; failed: number },
    isOver: () => boolean,
  ): Promise<string | undefined> {
    const most = this.around.mostLooked ?? mostLooked;
    let batch: string[] = [];
    let user = '';
    const finish = async () => {
      await this.look(batch, summary);
      batch = [];
    };
    for await (const object of this.objects.list(this.bucket, prefix, after)) {
      const made = object.key.slice(0, prefix.length + timePart);
      if (isOver() || (summary.looked + batch.length >= most && made !== user)) {
        if (!isOver()) await finish();
        return user === '' ? (after ?? prefix) : user;
      }
      user = made;
      if (this.isOld(object)) batch.push(object.key);
      else summary.looked += 1;
      if (batch.length >= together) await finish();
    }
    await finish();
    return undefined;
  }

  private async look(
    keys: readonly string[],
    summary: { looked: number; removed: number; failed: number },
  ): Promise<void> {
    summary.looked += keys.length;
    const isKept = await Promise.all(keys.map((key) => this.isKept(key)));
    const orphans = keys.filter((_, i) => isKept[i] === false);
    summary.failed += isKept.filter((kept) => kept === undefined).length;
    if (orphans.length === 0) return;
    try {
      await this.objects.delete(this.bucket, orphans);
      summary.removed += orphans.length;
    } catch (error) {
      this.around.report(error);
      summary.failed += orphans.length;
    }
  }

  /** undefined: could not be found out; the object stays. What has not the form of ours is left alone. */
  private async isKept(key: string): Promise<boolean | undefined> {
    const [prefix, userId, id, ...more] = key.split('/');
    if (userId === undefined || id === undefined || more.length !== 1) return true;
    const owner = { series: this.owners.series, transactions: this.owners.portfolios, results: this.owners.analyses }[
      prefix ?? ''
    ];
    try {
      return owner === undefined || (await owner.pointsAt(userId, id, key));
    } catch (error) {
      this.around.report(error);
      return undefined;
    }
  }

  private isOld({ lastModified }: ObjectFacts): boolean {
    return lastModified !== undefined && this.around.clock.epochMs() - Date.parse(lastModified) > youngestMs;
  }

  private get bucket(): string {
    return this.around.bucket ?? topology.buckets.reports.name;
  }
}
