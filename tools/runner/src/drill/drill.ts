import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { topology } from '@stocktool/topology';
import { restoreObjects } from '../restore/restore-objects';
import { restoreTables, type RestoredTable } from '../restore/restore-tables';
import { wholeSecond } from '../restore/table-copy';
import { awsEndpoint, ports, region } from '../settings';
import { emptyBucket, emptyTable } from './destroy';
import { KnownData, total, type Tally } from './known-data';
import { WriteLoad, type Write } from './write-load';

export interface DrillOptions {
  readonly users: number;
  readonly writers: number;
  /** Of steady writes before the loss. */
  readonly loadSeconds: number;
}

export interface DrillReport {
  readonly facts: { readonly written: number; readonly afterLoss: Tally; readonly afterRestore: Tally };
  readonly lost: { readonly items: number; readonly objects: number; readonly seconds: number };
  readonly tables: readonly RestoredTable[];
  readonly objects: { readonly restored: number; readonly seconds: number };
  readonly load: LoadReport;
  /** From the oldest acknowledged write that is lost to the end of the loss. */
  readonly rpoSeconds: number;
  /** From the beginning of the loss until everything has been looked at by the API. */
  readonly rtoSeconds: number;
  readonly verifySeconds: number;
}

interface LoadReport {
  readonly acknowledged: number;
  readonly refused: number;
  readonly lost: number;
  /** Lost, though acknowledged before the moment that was brought back or begun after the loss had ended: none may be. */
  readonly lostOutside: number;
  readonly oldestLostAtMs: number | undefined;
}

interface Loss {
  readonly from: Date;
  readonly until: Date;
  readonly items: number;
  readonly objects: number;
}

/** What people cannot make again, and who was erased. */
const { erasures, users, analyses, portfolios, subscriptions } = topology.tables;
const lostTables = [erasures, users, analyses, portfolios, subscriptions];
const bucket = topology.buckets.reports.name;

/** Loses everything that users own, on a system of its own that is being written to, and brings it back. */
export class Drill {
  private readonly baseUrl = `http://127.0.0.1:${ports.gateway}`;
  private readonly dynamodb = new DynamoDBClient({ region, endpoint: awsEndpoint });
  private readonly s3 = new S3Client({ region, endpoint: awsEndpoint, forcePathStyle: true });

  constructor(
    private readonly options: DrillOptions,
    private readonly say: (line: string) => void,
  ) {}

  async run(): Promise<DrillReport> {
    this.say(`Writing what ${this.options.users} users own …`);
    const known = await KnownData.write(this.baseUrl, this.options.users);
    const load = await WriteLoad.start(this.baseUrl, this.options.writers);
    await delay(this.options.loadSeconds * 1000);

    const loss = await this.lose();
    this.say(`Lost ${loss.items} items and ${loss.objects} objects. Restoring …`);
    const afterLoss = await known.holding();
    const restored = await this.restore(loss);
    const verifyStartedAt = performance.now();
    const afterRestore = await known.holding();
    await load.stop();
    const report = await judge(load, loss, wholeSecond(loss.from));
    const verifySeconds = (performance.now() - verifyStartedAt) / 1000;
    const lossSeconds = (loss.until.getTime() - loss.from.getTime()) / 1000;
    return {
      facts: { written: known.size, afterLoss, afterRestore },
      lost: { items: loss.items, objects: loss.objects, seconds: lossSeconds },
      ...restored,
      load: report,
      rpoSeconds: report.oldestLostAtMs === undefined ? 0 : (loss.until.getTime() - report.oldestLostAtMs) / 1000,
      rtoSeconds: (Date.now() - loss.from.getTime()) / 1000,
      verifySeconds,
    };
  }

  close(): void {
    this.dynamodb.destroy();
    this.s3.destroy();
  }

  private async lose(): Promise<Loss> {
    const from = new Date();
    const items = await Promise.all(lostTables.map((table) => emptyTable(this.dynamodb, table)));
    const objects = await emptyBucket(this.s3, bucket);
    return { from, until: new Date(), items: items.reduce((sum, count) => sum + count, 0), objects };
  }

  /** What the runbook says, by the functions behind `npm run restore`. */
  private async restore({ from, until }: Loss) {
    const tables = await restoreTables(this.dynamodb, lostTables, from);
    const { restored, seconds } = await restoreObjects(this.s3, { bucket, prefix: '', from, until });
    return { tables, objects: { restored, seconds } };
  }
}

async function judge({ writes, refused }: WriteLoad, { until }: Loss, restoredAt: Date): Promise<LoadReport> {
  const lost: Write[] = [];
  for (const write of writes) if (!(await write.isThere())) lost.push(write);
  const times = lost.map(({ acknowledgedAtMs }) => acknowledgedAtMs);
  const outside = lost.filter(
    ({ acknowledgedAtMs, startedAtMs }) => acknowledgedAtMs < restoredAt.getTime() || startedAtMs > until.getTime(),
  );
  return {
    acknowledged: writes.length,
    refused,
    lost: lost.length,
    lostOutside: outside.length,
    oldestLostAtMs: times.length === 0 ? undefined : Math.min(...times),
  };
}

/** Whether everything that a restore promises has been kept. */
export const isKept = ({ facts, load }: DrillReport): boolean =>
  total(facts.afterRestore) === facts.written && load.lostOutside === 0;
