import { runNow, type Item, type Level } from './dynalite';
import type { GroupCommit } from './group-commit';
import { expiresAtEpochSeconds, itemKeyOfTtlEntry, itemPrefix, ttlBefore } from './keys';
import type { Table, Tables } from './tables';

const batchSize = 200;
const fiveYearsSeconds = 5 * 365 * 86_400;

/** Deletes expired items. It reads only the entries that are due, never the table, and looks at each item again before it deletes it. */
export class TtlSweeper {
  private timer: NodeJS.Timeout | undefined;
  private sweeping = false;

  constructor(
    private readonly level: Level,
    private readonly tables: Tables,
    private readonly commits: GroupCommit,
  ) {}

  start(everySeconds: number): void {
    this.timer = setInterval(() => {
      if (this.sweeping) return;
      this.sweeping = true;
      // A sweep that fails, as on a full disk, is tried again at the next tick.
      this.sweep()
        .catch(() => undefined)
        .finally(() => (this.sweeping = false));
    }, everySeconds * 1000);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async sweep(): Promise<void> {
    const now = Math.floor(Date.now() / 1000);
    for (const table of this.tables.list())
      if (table.ttlAttribute) await this.sweepTable(table, table.ttlAttribute, now);
  }

  private async sweepTable({ description }: Table, attribute: string, now: number): Promise<void> {
    const name = description.TableName;
    // As AWS: what expired more than five years ago is taken for a mistake and kept.
    const iterator = this.level.keys({ gte: ttlBefore(name, now - fiveYearsSeconds), lt: ttlBefore(name, now) });
    try {
      for (
        let entries = await iterator.nextv(batchSize);
        entries.length > 0;
        entries = await iterator.nextv(batchSize)
      ) {
        const staging = this.tables.staging();
        for (const entry of entries) {
          const item = staging.read(itemPrefix(name) + itemKeyOfTtlEntry(name, entry)) as Item | undefined;
          const expiresAt = expiresAtEpochSeconds(item?.[attribute]);
          if (!item || expiresAt === undefined || expiresAt >= now) {
            staging.writes.set(entry, undefined);
            continue;
          }
          const Key = Object.fromEntries(
            description.KeySchema.map(({ AttributeName }) => [AttributeName, item[AttributeName]]),
          );
          runNow('DeleteItem', staging, { TableName: name, Key });
        }
        await this.commits.commit(staging.writes);
      }
    } finally {
      await iterator.close();
    }
  }
}
