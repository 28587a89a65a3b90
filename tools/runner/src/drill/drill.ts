import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { awsEndpoint, ports, region } from '../settings';
import { incidents, type Incident, type Struck } from './incidents';
import { KnownData, total, type Tally } from './known-data';
import { WriteLoad, type Write } from './write-load';

export interface DrillOptions {
  readonly users: number;
  readonly writers: number;
  /** Of steady writes before each incident. */
  readonly loadSeconds: number;
}

export interface IncidentReport {
  readonly incident: Incident['name'];
  readonly harm: string;
  readonly harmSeconds: number;
  readonly facts: { readonly written: number; readonly afterIncident: Tally; readonly afterRestore: Tally };
  /** As the commands tell it. */
  readonly restored: readonly object[];
  readonly load: LoadReport;
  /** From the oldest acknowledged write that is lost to the end of the incident. */
  readonly rpoSeconds: number;
  /** From the beginning of the incident until everything has been looked at by the API. */
  readonly rtoSeconds: number;
  readonly verifySeconds: number;
}

interface LoadReport {
  readonly acknowledged: number;
  readonly refused: number;
  readonly lost: number;
  /** Lost, though acknowledged before what the restore promises or begun after the incident had ended: none may be. */
  readonly lostOutside: number;
  readonly oldestLostAtMs: number | undefined;
}

/** Lets everything that users own come to harm, on a system of its own that is being written to, and brings it back. */
export class Drill {
  private readonly baseUrl = `http://127.0.0.1:${ports.gateway}`;
  private readonly dynamodb = new DynamoDBClient({ region, endpoint: awsEndpoint });
  private readonly s3 = new S3Client({ region, endpoint: awsEndpoint, forcePathStyle: true });

  constructor(
    private readonly options: DrillOptions,
    private readonly say: (line: string) => void,
  ) {}

  async run(): Promise<IncidentReport[]> {
    this.say(`Writing what ${this.options.users} users own …`);
    const known = await KnownData.write(this.baseUrl, this.options.users);
    const reports: IncidentReport[] = [];
    for (const incident of incidents(this.dynamodb, this.s3)) reports.push(await this.live(incident, known));
    return reports;
  }

  close(): void {
    this.dynamodb.destroy();
    this.s3.destroy();
  }

  private async live(incident: Incident, known: KnownData): Promise<IncidentReport> {
    const load = await WriteLoad.start(this.baseUrl, this.options.writers);
    await delay(this.options.loadSeconds * 1000);
    const struck = await incident.strike();
    this.say(`${struck.harm}. Restoring …`);
    const afterIncident = await known.holding();
    const restored = await incident.restore(struck);
    const verifyStartedAt = performance.now();
    const afterRestore = await known.holding();
    await load.stop();
    const report = await judge(load, struck, incident.keptUntil(struck));
    return {
      incident: incident.name,
      harm: struck.harm,
      harmSeconds: (struck.until.getTime() - struck.from.getTime()) / 1000,
      facts: { written: known.size, afterIncident, afterRestore },
      restored,
      load: report,
      rpoSeconds: report.oldestLostAtMs === undefined ? 0 : (struck.until.getTime() - report.oldestLostAtMs) / 1000,
      rtoSeconds: (Date.now() - struck.from.getTime()) / 1000,
      verifySeconds: (performance.now() - verifyStartedAt) / 1000,
    };
  }
}

async function judge({ writes, refused }: WriteLoad, { until }: Struck, keptUntil: Date): Promise<LoadReport> {
  const lost: Write[] = [];
  for (const write of writes) if (!(await write.isThere())) lost.push(write);
  const times = lost.map(({ acknowledgedAtMs }) => acknowledgedAtMs);
  const outside = lost.filter(
    ({ acknowledgedAtMs, startedAtMs }) => acknowledgedAtMs < keptUntil.getTime() || startedAtMs > until.getTime(),
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
export const isKept = ({ facts, load }: IncidentReport): boolean =>
  total(facts.afterRestore) === facts.written && load.lostOutside === 0;
